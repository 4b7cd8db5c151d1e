/* SPDX-License-Identifier: MIT */
/*
 * Claim: mmu_update survives any arguments and says how far it came.
 * Attack: bad addresses, absurd frames and domains, an error in mid-batch.
 * Defence: a clear error, the count of entries done, nothing else changed.
 * Proves: mmu_update.MMU_NORMAL_PT_UPDATE ok refused, mmu_update.MMU_MACHPHYS_UPDATE ok refused
 * Proves: mmu_update.MMU_PT_UPDATE_NO_TRANSLATE ok refused
 */
#include "guest.h"

static long update(const void *ops, u64 count, const void *done, u64 dom)
{
	return hypercall4(__HYPERVISOR_mmu_update, ops, count, done, dom);
}

void proof(void)
{
	u64 page = PTR(page_alloc()), good = *pte_at(page, 1);
	mmu_update_t ops[4];
	u32 done = 77;

	check_is(update(ops, 0, &done, DOMID_SELF), 0, "an empty batch");
	check(update((void *)0xdead0000, 1, 0, DOMID_SELF) == -GUEST_EFAULT, "operations nowhere");
	check(update((void *)HYPERVISOR_VIRT_START, 1, 0, DOMID_SELF) < 0,
	      "operations in the hypervisor");
	check(update((void *)(HYPERVISOR_VIRT_START - 8), 1, 0, DOMID_SELF) < 0,
	      "operations that reach into it");
	for (int i = 0; i < 4; i++)
		ops[i] = (mmu_update_t){ pte_maddr(page, 1), good };
	ops[2].val = pte_of(0xfffffffff, PTE_P | PTE_RW);
	check(update(ops, 4, &done, DOMID_SELF) < 0, "a bad third entry");
	check_is(done, 2, "entries done before it");
	ops[0].ptr = 0xfffffffffffff000;
	check(update(ops, 1, &done, DOMID_SELF) < 0, "a table beyond memory");
	ops[0] = (mmu_update_t){ pte_maddr(page, 1), good };
	check(update(ops, 1, &done, 12345) < 0, "a domain that does not exist");
	ops[0].ptr |= MMU_PT_UPDATE_NO_TRANSLATE;
	check_is(update(ops, 1, &done, DOMID_SELF), 0, "an update as backends make it");
	ops[0].val = pte_of(0x300, PTE_P | PTE_RW | PTE_US);
	check(update(ops, 1, &done, DOMID_SELF) < 0, "but not of another's frame");
	ops[0] = (mmu_update_t){ virt_to_mfn((void *)page) << 12 | MMU_MACHPHYS_UPDATE, 0x1234 };
	check_is(update(ops, 1, 0, DOMID_SELF), 0, "the M2P entry of our own frame");
	check(((u64 *)HYPERVISOR_VIRT_START)[virt_to_mfn((void *)page)] == 0x1234, "is set");
	ops[0].val = (page - 0xffffffff80000000) >> 12;
	check_is(update(ops, 1, 0, DOMID_SELF), 0, "and set back");
	ops[0] = (mmu_update_t){ 0x200000 | MMU_MACHPHYS_UPDATE, 1 };
	check(update(ops, 1, 0, DOMID_SELF) < 0, "the M2P entry of another's frame");
}
