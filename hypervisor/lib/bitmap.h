/* SPDX-License-Identifier: MIT */
/*
 * Bit arrays of unsigned long.  The plain forms are for a single writer; the
 * atomic ones are in x86/atomic.h.
 */
#pragma once

#include "lib/types.h"

#define BITS_PER_LONG	64
#define BITMAP_LONGS(n) DIV_ROUND_UP(n, BITS_PER_LONG)

static inline bool bitmap_test(const unsigned long *map, unsigned int bit)
{
	return (map[bit / BITS_PER_LONG] >> (bit % BITS_PER_LONG)) & 1;
}

/* First set bit at or after @from, or @size if there is none. */
unsigned int bitmap_next_set(const unsigned long *map, unsigned int size, unsigned int from);

#define for_each_set_bit(bit, map, size)                            \
	for ((bit) = bitmap_next_set(map, size, 0); (bit) < (size); \
	     (bit) = bitmap_next_set(map, size, (bit) + 1))
