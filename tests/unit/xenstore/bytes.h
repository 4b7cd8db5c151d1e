/* SPDX-License-Identifier: MIT */
/*
 * Bytes in memory that grow: where a test lets a state stream go.
 */
#pragma once

#include <check.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	char *data;
	size_t len;
};

/* A stream_sink; @arg is a struct bytes. */
static inline int bytes_append(void *arg, const void *data, size_t len)
{
	struct bytes *bytes = arg;

	bytes->data = realloc(bytes->data, bytes->len + len);
	ck_assert_ptr_nonnull(bytes->data);
	memcpy(bytes->data + bytes->len, data, len);
	bytes->len += len;
	return 0;
}

static inline void bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	memset(bytes, 0, sizeof(*bytes));
}
