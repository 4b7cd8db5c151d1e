/* SPDX-License-Identifier: MIT */
/* sources: */
/* Formatting, beside the C library's. */
#define vsnprintf lib_vsnprintf
#define snprintf  lib_snprintf
#include "lib/format.c"
#undef vsnprintf
#undef snprintf

#include "pure.h"
#include <stdio.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

void fuzz(struct input *in)
{
	static const char flags[] = "0-#", types[] = "duxc";
	static const char *const lengths[] = { "", "l", "ll", "z" };
	char fmt[64] = "<%", a[300], b[300];
	size_t n = 2, room = take(in, 2) % sizeof(a);
	unsigned int length = (unsigned int)take(in, 1) % 4;
	char type = types[take(in, 1) % 4];
	u64 value = take(in, 8);
	int na, nb;

	for (unsigned int i = 0, bits = (unsigned int)take(in, 1); i < 3; i++)
		if (bits >> i & 1)
			fmt[n++] = flags[i];
	if (take(in, 1) & 1)
		n += (size_t)sprintf(fmt + n, "%u", (unsigned int)take(in, 1) % 100);
	if (type == 'c')
		length = 0;
	sprintf(fmt + n, "%s%c>", lengths[length], type);
	memset(a, 0x55, sizeof(a));
	memset(b, 0x55, sizeof(b));
	na = lib_snprintf(a, room, fmt, value);
	nb = snprintf(b, room, fmt, value);
	/* What C leaves undefined may differ: these flags with these types. */
	if (type == 'c' || (strchr(fmt, '#') && strchr("du", type)))
		return;
	must(na == nb);
	must(!memcmp(a, b, sizeof(a)));
}
