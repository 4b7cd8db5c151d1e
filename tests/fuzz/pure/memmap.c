/* SPDX-License-Identifier: MIT */
/* sources: boot/memmap.c */
/* Memory maps in any order and overlap: the result is sorted and disjoint, and RAM only where all agree. */
#include "boot/memmap.h"

#include "pure.h"

void fuzz(struct input *in)
{
	static struct boot_mem raw[MEMMAP_RAW_MAX], out[64];
	unsigned int n = 0, count = 0;
	u64 probe = take(in, 8);
	bool whole, all = true, any = false;

	while (in->left && n < MEMMAP_RAW_MAX) {
		unsigned int small = (unsigned int)take(in, 1);

		raw[n].start = take(in, small & 1 ? 8 : 2) << (small & 2 ? 12 : 0);
		raw[n].size = take(in, small & 4 ? 8 : 2) << (small & 8 ? 12 : 0);
		raw[n].type = (u32)take(in, 1) % 8;
		n++;
	}
	whole = memmap_build(raw, n, out, 64, &count);
	must(count <= 64);
	for (unsigned int i = 0; i < count; i++) {
		must(out[i].size);
		must(out[i].start + out[i].size - 1 >= out[i].start);
		if (i)
			must(out[i - 1].start + out[i - 1].size <= out[i].start);
	}
	/* An address that some entry says is not RAM, is none. */
	for (unsigned int i = 0; i < n; i++) {
		if (!raw[i].size || probe < raw[i].start || probe - raw[i].start >= raw[i].size)
			continue;
		any = true;
		all &= raw[i].type == BOOT_MEM_RAM;
	}
	for (unsigned int i = 0; i < count; i++)
		if (probe >= out[i].start && probe - out[i].start < out[i].size)
			must(any && (out[i].type != BOOT_MEM_RAM || all));
	(void)whole;
}
