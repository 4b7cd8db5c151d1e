/* SPDX-License-Identifier: MIT */
/*
 * Claim: on a processor with the L1 terminal fault no table a guest has installed holds an absent
 * entry whose address is memory of the host; what a kernel that knows of the fault writes is taken.
 * Attack: such entries at every level, by every way in: batches, update_va_mapping, plain stores,
 * whole tables.
 * Defence: EINVAL (for the store a page fault), and the entry is as it was.
 * CPU: max,vendor=GenuineIntel
 * Proves: XSA-273
 * Proves: mmu_update.MMU_NORMAL_PT_UPDATE refused
 * Proves: mmu_update.MMU_PT_UPDATE_PRESERVE_AD refused
 * Proves: update_va_mapping refused
 */
#include "guest.h"

#define SECRET	 pte_of(0x200, PTE_RW | PTE_US | PTE_A) /* a frame of the hypervisor, not present */
#define INVERTED (SECRET ^ 0x000ffffffffff000ULL)	/* as Linux keeps PROT_NONE and swap */

static volatile u64 *entry;

static void store(void *arg)
{
	*entry = *(u64 *)arg;
}

/* An empty table of @level above @va's, or the live one of level 1. */
static void updates(u64 ptr, u64 keep, const char *what)
{
	check(mmu_update(ptr, SECRET) == -GUEST_EINVAL, "%s: a batch is refused", what);
	check(mmu_update(ptr | MMU_PT_UPDATE_PRESERVE_AD, SECRET) == -GUEST_EINVAL,
	      "%s: so with its accessed and dirty bits", what);
	check(mmu_update(ptr, SECRET | PTE_PS) == -GUEST_EINVAL, "%s: so as a large page", what);
	check(mmu_update(ptr, pte_of(0xfffff, PTE_RW)) == -GUEST_EINVAL,
	      "%s: so just below 4 GiB, where firmware hides memory", what);
	check_is(mmu_update(ptr, INVERTED), 0, "inverted bits are taken");
	check_is(mmu_update(ptr, PTE_RW), 0, "an entry without an address is taken");
	check_is(mmu_update(ptr, keep), 0, "and it is as it was");
}

static void whole_table(unsigned int index, unsigned int cmd, const char *what)
{
	u64 *table = page_alloc(), mfn = virt_to_mfn(table);

	table[index] = SECRET;
	check_is(set_readonly(table), 0, what);
	check_is(mmuext(cmd, mfn), -GUEST_EINVAL, "is refused with one such entry");
	check_is(set_writable(table), 0, "nothing holds it");
	table[index] = INVERTED;
	check_is(set_readonly(table), 0, what);
	check_is(mmuext(cmd, mfn), 0, "is taken with that entry inverted");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, mfn), 0, "and given back");
}

void proof(void)
{
	u64 *page = page_alloc(), good = *pte_at(PTR(page), 1), secret = SECRET, inverted = INVERTED;

	if (!on_lamina()) {
		check(true, "Xen does not refuse: it shadows such a guest, but never dom0");
		return;
	}
	updates(pte_maddr(PTR(page), 1), good, "level 1");
	/* Slots that map nothing, beside those that map us. */
	updates((pte_maddr(PTR(page), 2) & ~0xfffULL) + 8 * 500, 0, "level 2");
	updates((pte_maddr(PTR(page), 3) & ~0xfffULL) + 8 * 5, 0, "level 3");
	updates((pte_maddr(PTR(page), 4) & ~0xfffULL) + 8 * 5, 0, "level 4");

	check_is(update_va(page, SECRET, UVMF_INVLPG), -GUEST_EINVAL, "update_va_mapping");
	check_is(update_va(page, INVERTED, UVMF_INVLPG), 0, "update_va_mapping, inverted");
	check_is(update_va(page, good, UVMF_INVLPG), 0, "update_va_mapping, back");

	entry = pte_at(PTR(page), 1);
	check(!try_call(store, &secret) && fault.vector == 14 && *entry == good,
	      "a plain store is a page fault");
	check(try_call(store, &inverted) && *entry == INVERTED, "a plain store, inverted");
	check(try_call(store, &good) && *entry == good, "a plain store, back");

	whole_table(77, MMUEXT_PIN_L1_TABLE, "a table of level 1");
	whole_table(0, MMUEXT_PIN_L2_TABLE, "a table of level 2");
	whole_table(511, MMUEXT_PIN_L3_TABLE, "a table of level 3");
	whole_table(255, MMUEXT_PIN_L4_TABLE, "a table of level 4");
}
