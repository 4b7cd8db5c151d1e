/* SPDX-License-Identifier: MIT */
/*
 * Claim: PRESERVE_AD keeps the accessed and dirty bits that the processor set meanwhile; a plain update does not.
 * Method: dirty a page, update its entry both ways with the bits clear.
 * Proves: mmu_update.MMU_PT_UPDATE_PRESERVE_AD ok refused
 */
#include "guest.h"

void proof(void)
{
	u64 *page = page_alloc();
	u64 clean = pte_of(virt_to_mfn(page), PTE_P | PTE_RW | PTE_US);

	check_is(update_va(page, clean, UVMF_INVLPG), 0, "a clean entry");
	*(volatile u64 *)page = 1;
	check((*pte_at(PTR(page), 1) & (PTE_A | PTE_D)) == (PTE_A | PTE_D), "a write marks it");
	check_is(mmu_update(pte_maddr(PTR(page), 1) | MMU_PT_UPDATE_PRESERVE_AD, clean & ~PTE_RW),
		 0, "make it read-only, preserving");
	check((*pte_at(PTR(page), 1) & (PTE_A | PTE_D | PTE_RW)) == (PTE_A | PTE_D),
	      "the bits are kept, RW is gone");
	check(mmu_update(pte_maddr(PTR(page), 1) | MMU_PT_UPDATE_PRESERVE_AD,
			 pte_of(0x300, PTE_P | PTE_RW | PTE_US)) < 0,
	      "another's frame is refused that way, too");
	check_is(mmu_update(pte_maddr(PTR(page), 1), clean), 0, "a plain update");
	check(!(*pte_at(PTR(page), 1) & PTE_D), "clears the dirty bit");
}
