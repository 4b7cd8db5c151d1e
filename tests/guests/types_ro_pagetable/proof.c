/* SPDX-License-Identifier: MIT */
/*
 * Claim: a page table is never writable by its guest.
 * Attack: map a table of the live address space writable, by every call that can.
 * Defence: a frame is either writable or a table; the request is refused.
 */
#include "guest.h"

void proof(void)
{
	u64 page = PTR(page_alloc());
	u64 l1_mfn = PTE_MFN(*pte_at(page, 2));
	void *l1 = mfn_to_virt(l1_mfn);
	u64 rw = PTE_P | PTE_RW | PTE_US;

	check(!(*pte_at(PTR(l1), 1) & PTE_RW), "the builder maps tables read-only");
	check(update_va(l1, pte_of(l1_mfn, rw), 0) < 0, "update_va_mapping refuses");
	check(mmu_update(pte_maddr(PTR(l1), 1) | MMU_NORMAL_PT_UPDATE, pte_of(l1_mfn, rw)) < 0,
	      "mmu_update refuses");
	check(mmu_update(pte_maddr(PTR(l1), 1) | MMU_PT_UPDATE_PRESERVE_AD, pte_of(l1_mfn, rw)) < 0,
	      "mmu_update with preserved bits refuses");
	check(mmu_update(pte_maddr(page, 1), pte_of(l1_mfn, rw)) < 0,
	      "a second, writable alias is refused");
	check(mmu_update(pte_maddr(page, 1), pte_of(l1_mfn, PTE_P | PTE_US)) == 0,
	      "a second, read-only alias is fine");
	check(*(volatile u64 *)page == *(volatile u64 *)l1, "and shows the table");
	check(mmu_update(pte_maddr(page, 1), pte_of(l1_mfn, rw)) < 0,
	      "the alias cannot be made writable either");
}
