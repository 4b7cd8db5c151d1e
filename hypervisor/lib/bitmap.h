/* SPDX-License-Identifier: MIT */
/*
 * Bit arrays of unsigned long.  The plain forms are for a single writer; the
 * atomic ones are in x86/atomic.h.
 */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include "lib/types.h"

#define BITS_PER_LONG	 64
#define BITMAP_LONGS(n)	 DIV_ROUND_UP(n, BITS_PER_LONG)
#define DECLARE_BITMAP(name, n) unsigned long name[BITMAP_LONGS(n)]

static inline bool bitmap_test(const unsigned long *map, unsigned int bit)
{
	return (map[bit / BITS_PER_LONG] >> (bit % BITS_PER_LONG)) & 1;
}

static inline void bitmap_set(unsigned long *map, unsigned int bit)
{
	map[bit / BITS_PER_LONG] |= 1UL << (bit % BITS_PER_LONG);
}

static inline void bitmap_clear(unsigned long *map, unsigned int bit)
{
	map[bit / BITS_PER_LONG] &= ~(1UL << (bit % BITS_PER_LONG));
}

/* First set (clear) bit at or after @from, or @size if there is none. */
unsigned int bitmap_next_set(const unsigned long *map, unsigned int size, unsigned int from);
unsigned int bitmap_next_clear(const unsigned long *map, unsigned int size, unsigned int from);
unsigned int bitmap_weight(const unsigned long *map, unsigned int size);

#define for_each_set_bit(bit, map, size)                                        \
	for ((bit) = bitmap_next_set(map, size, 0); (bit) < (size);             \
	     (bit) = bitmap_next_set(map, size, (bit) + 1))

#endif
