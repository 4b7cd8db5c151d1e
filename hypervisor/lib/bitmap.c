/* SPDX-License-Identifier: MIT */
/*
 * Searching bits.
 */
#include "lib/bitmap.h"

unsigned int bitmap_next_set(const unsigned long *map, unsigned int size, unsigned int from)
{
	unsigned int i = from / BITS_PER_LONG, bit;
	unsigned long word;

	if (from >= size)
		return size;
	word = map[i] & (~0UL << (from % BITS_PER_LONG));
	while (!word) {
		if (++i >= BITMAP_LONGS(size))
			return size;
		word = map[i];
	}
	bit = i * BITS_PER_LONG + __builtin_ctzl(word);
	return MIN(bit, size);
}
