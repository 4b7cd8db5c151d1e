/* SPDX-License-Identifier: MIT */
/*
 * Marking a shared grant entry as in use.
 */
#include "grant/access.h"
#include "x86/atomic.h"

#include <xen/xen.h>
#include <xen/grant_table.h>

bool access_mark(volatile u32 *word, u16 domid, bool write)
{
	u32 old = READ_ONCE(*word);

	for (;;) {
		u32 flags = old & 0xffff, set = GTF_reading | (write ? GTF_writing : 0);

		if ((flags & GTF_type_mask) != GTF_permit_access || old >> 16 != domid)
			return false;
		if (flags & GTF_sub_page || (write && flags & GTF_readonly))
			return false;
		if ((flags & set) == set)
			return true;
		if (atomic_cmpxchg(word, &old, old | set))
			return true;
	}
}

void access_unmark(volatile u32 *word, bool all)
{
	atomic_and(word, ~(u32)(GTF_writing | (all ? GTF_reading : 0)));
}
