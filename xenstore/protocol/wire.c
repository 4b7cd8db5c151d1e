/* SPDX-License-Identifier: MIT */
/*
 * The XenStore wire: names of operations and errors, string vectors.
 */
#include "protocol/wire.h"

#include <string.h>

_Static_assert(sizeof(struct xsd_sockmsg) == 16, "four 32-bit header fields");

static const char *const op_names[WIRE_TYPE_COUNT] = {
	[XS_CONTROL] = "CONTROL",
	[XS_DIRECTORY] = "DIRECTORY",
	[XS_READ] = "READ",
	[XS_GET_PERMS] = "GET_PERMS",
	[XS_WATCH] = "WATCH",
	[XS_UNWATCH] = "UNWATCH",
	[XS_TRANSACTION_START] = "TRANSACTION_START",
	[XS_TRANSACTION_END] = "TRANSACTION_END",
	[XS_INTRODUCE] = "INTRODUCE",
	[XS_RELEASE] = "RELEASE",
	[XS_GET_DOMAIN_PATH] = "GET_DOMAIN_PATH",
	[XS_WRITE] = "WRITE",
	[XS_MKDIR] = "MKDIR",
	[XS_RM] = "RM",
	[XS_SET_PERMS] = "SET_PERMS",
	[XS_WATCH_EVENT] = "WATCH_EVENT",
	[XS_ERROR] = "ERROR",
	[XS_IS_DOMAIN_INTRODUCED] = "IS_DOMAIN_INTRODUCED",
	[XS_RESUME] = "RESUME",
	[XS_SET_TARGET] = "SET_TARGET",
	[XS_RESET_WATCHES] = "RESET_WATCHES",
	[XS_DIRECTORY_PART] = "DIRECTORY_PART",
	[WIRE_GET_FEATURE] = "GET_FEATURE",
	[WIRE_SET_FEATURE] = "SET_FEATURE",
	[WIRE_GET_QUOTA] = "GET_QUOTA",
	[WIRE_SET_QUOTA] = "SET_QUOTA",
};

const char *wire_op_name(uint32_t type)
{
	if (type >= WIRE_TYPE_COUNT || !op_names[type])
		return "UNKNOWN";
	return op_names[type];
}

#define ERROR_COUNT (sizeof(xsd_errors) / sizeof(xsd_errors[0]))

const char *wire_error_name(int err)
{
	for (size_t i = 0; i < ERROR_COUNT; i++) {
		if (xsd_errors[i].errnum == err)
			return xsd_errors[i].errstring;
	}
	return "EINVAL";
}

int wire_error_number(const char *name, size_t len)
{
	len = strnlen(name, len);
	for (size_t i = 0; i < ERROR_COUNT; i++) {
		const char *known = xsd_errors[i].errstring;

		if (strlen(known) == len && !memcmp(known, name, len))
			return xsd_errors[i].errnum;
	}
	return EIO;
}

size_t wire_count_strings(const char *payload, size_t len)
{
	return wire_split(payload, len, NULL, 0);
}

size_t wire_split(const char *payload, size_t len, const char **vec, size_t max)
{
	size_t count = 0;

	while (len) {
		size_t n = strnlen(payload, len);

		if (n == len)
			break;
		if (count < max)
			vec[count] = payload;
		count++;
		payload += n + 1;
		len -= n + 1;
	}
	return count;
}

bool wire_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9')
			return false;
		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}
