/* SPDX-License-Identifier: MIT */
/*
 * Claim: a table that maps itself gives no writable view of tables (XSA-182, XSA-240).
 * Attack: point an L4 entry at the L4 itself, writable, directly and by way of a read-only one.
 * Defence: refused.
 * Proves: XSA-182
 */
#include "guest.h"

void proof(void)
{
	u64 *root = (u64 *)start_info->pt_base;
	u64 maddr = virt_to_mfn(root) << 12 | 300 * 8;

	check(mmu_update(maddr, pte_of(virt_to_mfn(root), PTE_P | PTE_RW | PTE_US)) < 0,
	      "a writable entry for itself is refused");
	if (mmu_update(maddr, pte_of(virt_to_mfn(root), PTE_P | PTE_US)) == 0)
		check(mmu_update(maddr, pte_of(virt_to_mfn(root), PTE_P | PTE_RW | PTE_US)) < 0,
		      "a read-only one cannot become writable");
	else
		check(true, "a read-only one is refused as well");
	check_is(mmu_update(maddr, 0), 0, "clear it");
}
