/* SPDX-License-Identifier: MIT */
/*
 * Claim: no large pages, not even through an update that changes flags alone (XSA-148, XSA-167).
 * Attack: set PSE on live L2 and L3 entries, with and without RW.
 * Defence: refused; the entry stays as it was.
 * Proves: XSA-148, XSA-167
 */
#include "guest.h"

void proof(void)
{
	u64 page = PTR(page_alloc());
	u64 l2 = *pte_at(page, 2), l3 = *pte_at(page, 3);

	check(mmu_update(pte_maddr(page, 2), l2 | PTE_PS) < 0, "PSE on a live L2 entry");
	check(mmu_update(pte_maddr(page, 2), (l2 & ~PTE_RW) | PTE_PS) < 0, "PSE without RW");
	check(mmu_update(pte_maddr(page, 2), pte_of(0, PTE_P | PTE_PS | PTE_RW | PTE_US)) < 0,
	      "a large page from frame 0 on");
	check(mmu_update(pte_maddr(page, 3), l3 | PTE_PS) < 0, "PSE on a live L3 entry");
	check(*pte_at(page, 2) == l2 || (*pte_at(page, 2) & PTE_PS) == 0,
	      "the L2 entry has no PSE");
	check((*pte_at(page, 3) & PTE_PS) == 0, "the L3 entry has no PSE");
	*(volatile u64 *)page = 1;
	check(*(volatile u64 *)page == 1, "the mapping still works");
}
