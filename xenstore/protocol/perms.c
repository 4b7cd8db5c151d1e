/* SPDX-License-Identifier: MIT */
/*
 * Permission lists: text to entries and back.
 */
#include "protocol/perms.h"

#include <errno.h>
#include <string.h>

int perms_access(char letter)
{
	switch (letter) {
	case 'n': return PERM_NONE;
	case 'r': return PERM_READ;
	case 'w': return PERM_WRITE;
	case 'b': return PERM_BOTH;
	default: return -EINVAL;
	}
}

int perms_parse_one(const char *text, struct perm *out)
{
	int access = perms_access(text[0]);
	uint32_t domid = 0;
	const char *p = text + 1;

	if (access < 0 || !*p)
		return -EINVAL;
	for (; *p; p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
		domid = domid * 10 + (uint32_t)(*p - '0');
		if (domid > UINT16_MAX)
			return -EINVAL;
	}
	out->domid = (uint16_t)domid;
	out->access = (uint8_t)access;
	return 0;
}

int perms_parse(const char *text, size_t len, struct perm *out, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strnlen(text, len);
		int rc;

		if (n == len)
			return -EINVAL;
		rc = perms_parse_one(text, &out[i]);
		if (rc)
			return rc;
		text += n + 1;
		len -= n + 1;
	}
	return len ? -EINVAL : 0;
}

size_t perms_format_one(const struct perm *perm, char out[PERM_TEXT_MAX])
{
	static const char letters[] = "nrwb";
	char digits[5];
	size_t n = 0, at = 0;
	uint32_t domid = perm->domid;

	do {
		digits[n++] = (char)('0' + domid % 10);
		domid /= 10;
	} while (domid);
	out[at++] = letters[perm->access & PERM_BOTH];
	while (n)
		out[at++] = digits[--n];
	out[at++] = '\0';
	return at;
}

size_t perms_format(const struct perm *perms, size_t count, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		char text[PERM_TEXT_MAX];
		size_t n = perms_format_one(&perms[i], text);

		if (n > size - used)
			return 0;
		memcpy(out + used, text, n);
		used += n;
	}
	return used;
}
