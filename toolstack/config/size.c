/* SPDX-License-Identifier: MIT */
/*
 * Sizes of memory as people type them.
 */
#include "config/size.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_KIB (1ULL << 40)

bool size_parse(const char *text, uint64_t *kib)
{
	static const char letters[] = "bkmgt"; /* each 1024 times the one before */
	const char *letter = letters + 2;
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	n = strtoull(text, &end, 10);
	if (*end) {
		letter = strchr(letters, tolower((unsigned char)*end));
		if (!letter || end[1])
			return false;
	}
	if (letter == letters) {
		*kib = n >> 10;
	} else {
		unsigned int shift = 10 * (unsigned int)(letter - letters - 1);

		if (n > SIZE_MAX_KIB >> shift)
			return false;
		*kib = (uint64_t)n << shift;
	}
	return *kib > 0 && *kib <= SIZE_MAX_KIB;
}
