/* SPDX-License-Identifier: MIT */
/*
 * Requests made of strings and numbers, as nearly all are.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "client/session.h"

/* The most strings or numbers of one request. */
#define REQUEST_PARTS 16

/* A request whose payload is @count strings, each with its NUL; as session_call(). */
int request_strings(struct session *s, uint32_t type, uint32_t tx, const char *const *strings,
		    size_t count, struct session_reply *reply);

/* A request whose payload is one string. */
int request_path(struct session *s, uint32_t type, uint32_t tx, const char *path,
		 struct session_reply *reply);

/* A request whose payload is @count numbers in decimal. */
int request_numbers(struct session *s, uint32_t type, const uint64_t *numbers, size_t count,
		    struct session_reply *reply);

/* Frees a reply and reads the decimal number in it, of at most @max; or -EPROTO. */
int request_number_of(struct session_reply *reply, uint64_t max, uint64_t *out);
