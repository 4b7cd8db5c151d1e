/* SPDX-License-Identifier: MIT */
/* sources: lib/bitmap.c */
/*
 * Searching bit arrays whose size is no multiple of the word.
 */
#include "lib/bitmap.h"

#include "suite.h"
#include <string.h>

#define BITS 150

START_TEST(each_single_bit_is_found)
{
	for (unsigned int b = 0; b < BITS; b++) {
		unsigned long map[BITMAP_LONGS(BITS)] = { 0 };

		map[b / BITS_PER_LONG] = 1UL << (b % BITS_PER_LONG);
		ck_assert(bitmap_test(map, b));
		for (unsigned int from = 0; from <= BITS; from++)
			ck_assert_uint_eq(bitmap_next_set(map, BITS, from), from <= b ? b : BITS);
	}
}
END_TEST

START_TEST(bits_beyond_the_size_do_not_exist)
{
	unsigned long map[BITMAP_LONGS(BITS)];

	memset(map, 0, sizeof(map));
	map[BITS / BITS_PER_LONG] = ~0UL << (BITS % BITS_PER_LONG);
	ck_assert_uint_eq(bitmap_next_set(map, BITS, 0), BITS);
	ck_assert_uint_eq(bitmap_next_set(map, 0, 0), 0);
}
END_TEST

UNIT_MAIN("lib/bitmap", each_single_bit_is_found, bits_beyond_the_size_do_not_exist)
