/* SPDX-License-Identifier: MIT */
/* sources: paging/segment.c */
/* Descriptors and page-table entries: what is taken is harmless. */
#include "paging/segment.h"

#include "paging/entry.h"
#include "pure.h"

void fuzz(struct input *in)
{
	while (in->left >= 8) {
		u64 before = take(in, 8), d = before, reserved = 0x000fff0000000000;
		unsigned int level = 1 + (unsigned int)take(in, 1) % 4;

		if (segment_ok(&d)) {
			if (d & 1ULL << 47) {
				must(d & 1ULL << 44);
				must((d >> 45 & 3) == 3);
				must(d & 1ULL << 40);
			} else {
				must(d == before);
			}
			must(!((d ^ before) & ~(7ULL << 45 | 1ULL << 40)));
		}
		if (entry_ok(level, before, reserved)) {
			must(!(before & reserved));
			must(level == 1 || !(before & PTE_PSE));
		}
		d = entry_fix(level, before);
		must(d & PTE_USER);
		must(!(d & (level == 1 ? PTE_GLOBAL : PTE_PWT | PTE_PCD)));
		must(!((d ^ before) & ~(PTE_USER | (level == 1 ? PTE_GLOBAL : PTE_PWT | PTE_PCD))));
	}
}
