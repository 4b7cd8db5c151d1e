/* SPDX-License-Identifier: MIT */
/* sources: grant/access.c */
/* An entry of a grant table: what may be marked, and what a mark changes. */
#include "grant/access.h"

#include "pure.h"
#include <xen/xen.h>
#include <xen/grant_table.h>

void fuzz(struct input *in)
{
	while (in->left >= 4) {
		u32 before = (u32)take(in, 4), word = before;
		u16 domid = take(in, 1) & 1 ? (u16)(before >> 16) : (u16)take(in, 2);
		bool write = take(in, 1) & 1;

		if (access_mark(&word, domid, write)) {
			must(before >> 16 == domid);
			must((before & GTF_type_mask) == GTF_permit_access);
			must(!write || !(before & GTF_readonly));
			must(word == (before | GTF_reading | (write ? GTF_writing : 0)));
			access_unmark(&word, true);
			must(!(word & (GTF_reading | GTF_writing)));
			must(!((word ^ before) & ~(u32)(GTF_reading | GTF_writing)));
		} else {
			must(word == before);
		}
	}
}
