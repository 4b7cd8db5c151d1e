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
		DECLARE_BITMAP(map, BITS) = { 0 };

		bitmap_set(map, b);
		ck_assert(bitmap_test(map, b));
		for (unsigned int from = 0; from <= BITS; from++) {
			ck_assert_uint_eq(bitmap_next_set(map, BITS, from), from <= b ? b : BITS);
			ck_assert_uint_eq(bitmap_next_clear(map, BITS, from),
					  from == b ? MIN(b + 1, BITS) : MIN(from, BITS));
		}
		ck_assert_uint_eq(bitmap_weight(map, BITS), 1);
		bitmap_clear(map, b);
		ck_assert_uint_eq(bitmap_weight(map, BITS), 0);
	}
}
END_TEST

START_TEST(bits_beyond_the_size_do_not_exist)
{
	DECLARE_BITMAP(map, BITS);

	memset(map, 0xff, sizeof(map));
	ck_assert_uint_eq(bitmap_next_clear(map, BITS, 0), BITS);
	ck_assert_uint_eq(bitmap_weight(map, BITS), BITS);
	for (unsigned int b = 0; b < BITS; b++)
		bitmap_clear(map, b);
	ck_assert_uint_eq(bitmap_next_set(map, BITS, 0), BITS);
	ck_assert_uint_eq(bitmap_next_set(map, 0, 0), 0);
}
END_TEST

UNIT_MAIN("lib/bitmap", each_single_bit_is_found, bits_beyond_the_size_do_not_exist)
