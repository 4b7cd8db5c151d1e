/* SPDX-License-Identifier: MIT */
/*
 * The XenStore wire: message header, operation and error names, and the
 * NUL-separated string vectors that payloads are made of.  Numbers and limits
 * come from <xen/io/xs_wire.h>.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

#define WIRE_HDR sizeof(struct xsd_sockmsg)
#define WIRE_MAX (WIRE_HDR + XENSTORE_PAYLOAD_MAX)

/* Operations that are newer than Debian's <xen/io/xs_wire.h>. */
#define WIRE_GET_FEATURE 23
#define WIRE_SET_FEATURE 24
#define WIRE_GET_QUOTA	 25
#define WIRE_SET_QUOTA	 26
#define WIRE_TYPE_COUNT	 27

/* The name of an operation as in the protocol's text, or "UNKNOWN". */
const char *wire_op_name(uint32_t type);

/*
 * The wire name of a (positive) errno value.  One that the protocol has no
 * name for becomes "EINVAL", as clients cannot decode anything else.
 */
const char *wire_error_name(int err);

/*
 * The (positive) errno of a wire name of @len bytes, with or without its NUL;
 * EIO for a name that this side does not know.
 */
int wire_error_number(const char *name, size_t len);

/* The number of NUL-terminated strings in a payload. */
size_t wire_count_strings(const char *payload, size_t len);

/*
 * Points @vec at the first @max NUL-terminated strings of a payload.  Returns
 * how many there are in all; an unterminated tail does not count.
 */
size_t wire_split(const char *payload, size_t len, const char **vec, size_t max);

/*
 * Reads a decimal number of at most @max that fills the string.  Returns
 * false if it is anything else.
 */
bool wire_number(const char *text, uint64_t max, uint64_t *out);
