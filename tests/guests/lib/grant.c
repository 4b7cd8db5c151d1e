/* SPDX-License-Identifier: MIT */
/*
 * The grant table of a tiny guest, whose grants are to itself.
 */
#include "guest.h"

static volatile grant_entry_v1_t *table;

long grant_op(unsigned int cmd, void *arg, unsigned int n)
{
	return hypercall3(__HYPERVISOR_grant_table_op, cmd, PTR(arg), n);
}

bool grant_setup(void)
{
	xen_pfn_t frame = 0;
	gnttab_setup_table_t op = { .dom = DOMID_SELF, .nr_frames = 1 };
	void *window = page_alloc();

	set_xen_guest_handle(op.frame_list, &frame);
	if (grant_op(GNTTABOP_setup_table, &op, 1) || op.status)
		return false;
	table = window;
	return update_va(window, pte_of(frame, PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D),
			 UVMF_INVLPG) == 0;
}

void grant_give(u32 ref, u64 mfn, u16 flags)
{
	table[ref].domid = 0;
	table[ref].frame = (u32)mfn;
	__asm__ volatile("" ::: "memory");
	table[ref].flags = flags;
}

u16 grant_flags(u32 ref)
{
	return table[ref].flags;
}
