/* SPDX-License-Identifier: MIT */
/*
 * A daemon's answer to a request.
 */
#pragma once

#include <stddef.h>

/* malloc()ed, with a NUL behind its @len bytes. */
struct session_reply {
	char *data;
	size_t len;
};
