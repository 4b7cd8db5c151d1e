/* SPDX-License-Identifier: MIT */
/*
 * Searching and counting bits.
 */
#include "lib/bitmap.h"

/* First bit at or after @from of the array whose words are XORed with @flip. */
static unsigned int next(const unsigned long *map, unsigned int size, unsigned int from,
			 unsigned long flip)
{
	unsigned int i = from / BITS_PER_LONG, bit;
	unsigned long word;

	if (from >= size)
		return size;
	word = (map[i] ^ flip) & (~0UL << (from % BITS_PER_LONG));
	while (!word) {
		if (++i >= BITMAP_LONGS(size))
			return size;
		word = map[i] ^ flip;
	}
	bit = i * BITS_PER_LONG + __builtin_ctzl(word);
	return MIN(bit, size);
}

unsigned int bitmap_next_set(const unsigned long *map, unsigned int size, unsigned int from)
{
	return next(map, size, from, 0);
}

unsigned int bitmap_next_clear(const unsigned long *map, unsigned int size, unsigned int from)
{
	return next(map, size, from, ~0UL);
}

unsigned int bitmap_weight(const unsigned long *map, unsigned int size)
{
	unsigned int bit, n = 0;

	for_each_set_bit (bit, map, size)
		n++;
	return n;
}
