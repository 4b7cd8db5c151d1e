/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest can build an address space of four levels, pin it, run on it, and take it apart in any order.
 * Method: a new L4 with the kernel's own upper half and a new low mapping; switch to it; use the mapping.
 * Proves: mmuext_op.MMUEXT_PIN_L4_TABLE ok refused, mmuext_op.MMUEXT_NEW_BASEPTR ok
 */
#include "guest.h"

static u64 *tables[4]; /* L4, L3, L2, L1 */

void proof(void)
{
	u64 *data = page_alloc(), *old_root = (u64 *)start_info->pt_base, value = 0;
	u64 flags = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;

	for (int i = 0; i < 4; i++)
		tables[i] = page_alloc();
	*data = 0x600dda7a;
	for (int i = 256; i < 512; i++)
		tables[0][i] = i > 271 ? old_root[i] : 0;
	tables[0][0] = pte_of(virt_to_mfn(tables[1]), flags);
	tables[1][0] = pte_of(virt_to_mfn(tables[2]), flags);
	tables[2][0] = pte_of(virt_to_mfn(tables[3]), flags);
	tables[3][5] = pte_of(virt_to_mfn(data), flags);
	check(mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(tables[0])) < 0,
	      "not while the tables are mapped writable");
	for (int i = 0; i < 4; i++)
		check_is(set_readonly(tables[i]), 0, "make a table read-only");
	check_is(mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(tables[0])), 0, "pin the new root");
	check_is(mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(tables[0])), 0, "switch to it");
	check(try_read((void *)0x5000, &value) && value == 0x600dda7a, "its own mapping works");
	check(!try_read((void *)0x6000, &value), "and nothing beside it");
	check(mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(tables[0])) == 0, "unpinning the live root");
	check(set_writable(tables[3]) < 0, "its tables stay tables while it is in use");
	check_is(mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(old_root)), 0, "back to the first root");
	for (int i = 0; i < 4; i++)
		check_is(set_writable(tables[i]), 0, "now every table is a page again");
}
