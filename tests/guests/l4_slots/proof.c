/* SPDX-License-Identifier: MIT */
/*
 * Claim: the sixteen slots of the hypervisor in a top-level table are out of a guest's reach.
 * Attack: write them in the live table, fill them in a new one before pinning it.
 * Defence: refused, or overwritten when the table is validated.
 */
#include "guest.h"

void proof(void)
{
	u64 *root = (u64 *)start_info->pt_base, *table = page_alloc(), *l3 = page_alloc();
	u64 mfn = virt_to_mfn(root) << 12;
	bool same = true;

	for (u64 slot = 256; slot <= 271; slot++)
		check(mmu_update(mfn | slot * 8, 0) < 0, "slot %lu cannot be cleared", slot);
	check(mmu_update(mfn | 255 * 8, 0) == 0, "the slot below can");
	check(mmu_update(mfn | 272 * 8, 0) == 0, "the slot above can");
	for (int i = 256; i <= 271; i++)
		table[i] = pte_of(virt_to_mfn(l3), PTE_P | PTE_RW | PTE_US);
	table[511] = root[511];
	set_readonly(l3);
	set_readonly(table);
	if (mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(table)) == 0) {
		for (int i = 257; i <= 271; i++)
			same = same && PTE_MFN(table[i]) != virt_to_mfn(l3);
		check(same, "what a new table had there is gone");
	} else {
		check(true, "a new table with entries there is refused");
	}
}
