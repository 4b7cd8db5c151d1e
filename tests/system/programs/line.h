/* SPDX-License-Identifier: MIT */
/*
 * A line of text, put together without a library.
 */
#pragma once

typedef unsigned int u32;

static inline u32 line_number(char *p, unsigned long n)
{
	u32 len = n >= 10 ? line_number(p, n / 10) : 0;

	p[len] = (char)('0' + n % 10);
	return len + 1;
}

static inline u32 line_text(char *p, const char *s)
{
	u32 n = 0;

	for (; s[n]; n++)
		p[n] = s[n];
	return n;
}
