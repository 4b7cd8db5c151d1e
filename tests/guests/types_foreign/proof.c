/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest maps no frame that is not its own.
 * Attack: map frames of the hypervisor, free frames, the M2P writable, a frame beyond memory.
 * Defence: refused, for the control domain too.
 */
#include "guest.h"

static bool ours(u64 mfn)
{
	for (u64 pfn = 0; pfn < start_info->nr_pages; pfn++)
		if (pfn_to_mfn(pfn) == mfn)
			return true;
	return false;
}

void proof(void)
{
	void *page = page_alloc();
	u64 rw = PTE_P | PTE_RW | PTE_US, own = virt_to_mfn(page);
	unsigned int mapped = 0;

	/* Everything between 2 MiB and 256 MiB that is not ours is the hypervisor's or free. */
	for (u64 mfn = 0x200; mfn < 0xfe00; mfn += 251)
		if (!ours(mfn) && update_va(page, pte_of(mfn, rw), 0) == 0)
			mapped++;
	check_is(mapped, 0, "frames of others mapped");
	check(update_va(page, pte_of(0xfffffffff, rw), 0) < 0, "a frame beyond memory");
	check(update_va(page, pte_of(own, rw) | 1ULL << 51, 0) < 0, "an address too wide");
	check_is(update_va(page, pte_of(own, rw), UVMF_INVLPG), 0, "our own frame");
	check(!try_write((void *)HYPERVISOR_VIRT_START, 0), "the M2P is read-only");
}
