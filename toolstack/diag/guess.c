/* SPDX-License-Identifier: MIT */
/*
 * Did you mean: the nearest known word to a mistyped one.
 */
#include "diag/guess.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define GUESS_MAX 63

static unsigned int min2(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static int same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned int guess_distance(const char *a, const char *b)
{
	/* Three rows of the usual table: two back (for swaps), one back, now. */
	unsigned int rows[3][GUESS_MAX + 1];
	size_t la = strnlen(a, GUESS_MAX), lb = strnlen(b, GUESS_MAX);

	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned int)j;

	for (size_t i = 1; i <= la; i++) {
		unsigned int *now = rows[i % 3];
		unsigned int *prev = rows[(i + 2) % 3];
		unsigned int *prev2 = rows[(i + 1) % 3];

		now[0] = (unsigned int)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int cost = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;
			unsigned int best = min2(prev[j] + 1, now[j - 1] + 1);

			best = min2(best, prev[j - 1] + cost);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				best = min2(best, prev2[j - 2] + 1);
			now[j] = best;
		}
	}
	return rows[la % 3][lb];
}

int guess_nearest(const char *word, const char *const *words, size_t count)
{
	size_t len = strnlen(word, GUESS_MAX);
	unsigned int best = GUESS_MAX;
	int at = -1;

	if (len == 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		size_t longer, allowed;
		unsigned int d;

		if (!words[i])
			continue;
		longer = strnlen(words[i], GUESS_MAX);
		if (longer < len)
			longer = len;
		allowed = longer / 3 ? longer / 3 : 1;
		d = guess_distance(word, words[i]);
		if (len >= 2 && strncasecmp(word, words[i], len) == 0)
			d = min2(d, 1);
		/* A one-letter word has nothing in common with its substitute. */
		if (d > allowed || d >= longer || d >= best)
			continue;
		best = d;
		at = (int)i;
	}
	return at;
}
