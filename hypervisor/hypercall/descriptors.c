/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls 2 and 10: the guest's segment descriptors.
 */
#include "hypercall/table.h"
#include "hypercall/arg.h"
#include "paging/paging.h"

/* set_gdt(frames, entries): at most 14 frames. */
HYPERCALL(set_gdt)
{
	u64 frames[FIRST_RESERVED_GDT_PAGE];
	u32 entries = a2;

	if (entries > FIRST_RESERVED_GDT_ENTRY)
		return -EINVAL;
	if (usercopy_from(frames, gaddr(a1), DIV_ROUND_UP(entries, 512) * sizeof(frames[0])))
		return -EFAULT;
	return paging_set_gdt(current, frames, entries);
}

HYPERCALL(update_descriptor)
{
	return paging_update_descriptor(current->domain, maddr(a1), a2);
}
