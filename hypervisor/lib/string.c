/* SPDX-License-Identifier: MIT */
/*
 * Copying and parsing text, beyond what ISO C offers.
 */
#include "lib/string.h"

bool string_copy(char *dst, const char *src, size_t size)
{
	size_t n = strnlen(src, size);

	if (n == size) {
		if (size) {
			memcpy(dst, src, size - 1);
			dst[size - 1] = 0;
		}
		return false;
	}
	memcpy(dst, src, n);
	memset(dst + n, 0, size - n);
	return true;
}

static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return ~0U;
}

bool string_to_u64(const char *s, const char **end, u64 *value)
{
	unsigned int base = 10, d;
	const char *first;
	u64 v = 0;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16) {
		base = 16;
		s += 2;
	} else if (s[0] == '0') {
		base = 8;
	}
	for (first = s; (d = digit(*s)) < base; s++)
		if (__builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, d, &v))
			return false;
	if (s == first)
		return false;
	*value = v;
	if (end)
		*end = s;
	return true;
}
