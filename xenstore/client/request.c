/* SPDX-License-Identifier: MIT */
/*
 * Requests made of strings and numbers.
 */
#include "client/request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/wire.h"

/* Decimal 64-bit number and NUL. */
#define NUMBER_TEXT 21

int request_strings(struct session *s, uint32_t type, uint32_t tx, const char *const *strings,
		    size_t count, struct session_reply *reply)
{
	struct iovec parts[REQUEST_PARTS];

	if (count > REQUEST_PARTS)
		return -E2BIG;
	for (size_t i = 0; i < count; i++)
		parts[i] = (struct iovec){ (void *)(uintptr_t)strings[i], strlen(strings[i]) + 1 };
	return session_call(s, type, tx, parts, count, reply);
}

int request_path(struct session *s, uint32_t type, uint32_t tx, const char *path,
		 struct session_reply *reply)
{
	return request_strings(s, type, tx, &path, 1, reply);
}

int request_numbers(struct session *s, uint32_t type, const uint64_t *numbers, size_t count,
		    struct session_reply *reply)
{
	char text[REQUEST_PARTS][NUMBER_TEXT];
	const char *strings[REQUEST_PARTS];

	if (count > REQUEST_PARTS)
		return -E2BIG;
	for (size_t i = 0; i < count; i++) {
		snprintf(text[i], sizeof(text[i]), "%llu", (unsigned long long)numbers[i]);
		strings[i] = text[i];
	}
	return request_strings(s, type, 0, strings, count, reply);
}

int request_number_of(struct session_reply *reply, uint64_t max, uint64_t *out)
{
	bool number = wire_number(reply->data, max, out);

	free(reply->data);
	return number ? 0 : -EPROTO;
}
