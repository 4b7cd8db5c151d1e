/* SPDX-License-Identifier: MIT */
/*
 * Claim: after an update with a flush, or a flush of its own, no stale translation is used (XSA-279, XSA-286).
 * Method: point one address at two pages in turn, by every way to change and flush it.
 * Proves: mmuext_op.MMUEXT_TLB_FLUSH_LOCAL ok, mmuext_op.MMUEXT_TLB_FLUSH_MULTI ok
 * Proves: mmuext_op.MMUEXT_TLB_FLUSH_ALL ok, mmuext_op.MMUEXT_INVLPG_LOCAL ok
 * Proves: mmuext_op.MMUEXT_INVLPG_MULTI ok, mmuext_op.MMUEXT_INVLPG_ALL ok
 * Proves: update_va_mapping.UVMF_NONE ok, update_va_mapping.UVMF_INVLPG ok
 * Proves: update_va_mapping.UVMF_TLB_FLUSH ok, XSA-279, XSA-286
 */
#include "guest.h"

static u64 *one, *two;
static volatile u64 *window;

static u64 entry(const void *page)
{
	return pte_of(virt_to_mfn(page), PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D);
}

static long flush(unsigned int cmd, u64 va)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.linear_addr = va;
	return hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF);
}

static long flush_multi(unsigned int cmd, u64 address)
{
	static u64 vcpus = 1;
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.linear_addr = address;
	set_xen_guest_handle(op.arg2.vcpumask, &vcpus);
	return hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF);
}

void proof(void)
{
	u64 l2, *table = page_alloc(), maddr;

	one = page_alloc();
	two = page_alloc();
	window = page_alloc();
	*one = 1;
	*two = 2;
	update_va((void *)window, entry(one), UVMF_INVLPG);
	check_is((long)*window, 1, "the first page");
	update_va((void *)window, entry(two), UVMF_INVLPG);
	check_is((long)*window, 2, "UVMF_INVLPG");
	update_va((void *)window, entry(one), UVMF_TLB_FLUSH | UVMF_ALL);
	check_is((long)*window, 1, "UVMF_TLB_FLUSH of all");
	update_va((void *)window, entry(two), UVMF_NONE);
	check_is(flush(MMUEXT_INVLPG_LOCAL, PTR(window)), 0, "invlpg");
	check_is((long)*window, 2, "shows the second");
	update_va((void *)window, entry(one), UVMF_NONE);
	check_is(flush(MMUEXT_TLB_FLUSH_LOCAL, 0), 0, "flush");
	check_is((long)*window, 1, "shows the first");
	update_va((void *)window, entry(two), UVMF_NONE);
	check_is(flush(MMUEXT_TLB_FLUSH_ALL, 0), 0, "flush of all");
	check_is((long)*window, 2, "shows the second");
	update_va((void *)window, entry(one), UVMF_NONE);
	check_is(flush(MMUEXT_INVLPG_ALL, PTR(window)), 0, "invlpg of all");
	check_is((long)*window, 1, "shows the first");
	update_va((void *)window, entry(two), UVMF_NONE);
	check_is(flush_multi(MMUEXT_INVLPG_MULTI, PTR(window)), 0, "invlpg of listed vCPUs");
	check_is((long)*window, 2, "shows the second");
	update_va((void *)window, entry(one), UVMF_NONE);
	check_is(flush_multi(MMUEXT_TLB_FLUSH_MULTI, 0), 0, "flush of listed vCPUs");
	check_is((long)*window, 1, "shows the first");
	mmu_update(pte_maddr(PTR(window), 1), entry(two));
	flush(MMUEXT_TLB_FLUSH_LOCAL, 0);
	check_is((long)*window, 2, "after mmu_update and a flush");
	*pte_at(PTR(window), 1) = entry(one);
	flush(MMUEXT_INVLPG_LOCAL, PTR(window));
	check_is((long)*window, 1, "after a store to the table and invlpg");
	/* A whole table exchanged for another. */
	maddr = pte_maddr(PTR(window), 2);
	l2 = *pte_at(PTR(window), 2);
	memcpy(table, (void *)(PTR(pte_at(PTR(window), 1)) & ~4095ULL), 4096);
	table[PTR(window) >> 12 & 511] = entry(two);
	if ((PTR(table) >> 21) == (PTR(window) >> 21))
		table[PTR(table) >> 12 & 511] &= ~PTE_RW;
	set_readonly(table);
	if (mmu_update(maddr, pte_of(virt_to_mfn(table), PTE_P | PTE_RW | PTE_US | PTE_A)) == 0) {
		flush(MMUEXT_TLB_FLUSH_LOCAL, 0);
		check_is((long)*window, 2, "after an exchange of tables");
		mmu_update(maddr, l2);
		flush(MMUEXT_TLB_FLUSH_LOCAL, 0);
	} else {
		check(false, "an exchange of tables");
	}
	check_is((long)*window, 1, "and back");
	check(flush(MMUEXT_INVLPG_LOCAL, 0x800000000000) <= 0, "a non-canonical address");
	check(flush(MMUEXT_TLB_FLUSH_MULTI, 0xdead0000) <= 0, "a mask nowhere");
	check(flush(99, 0) < 0, "a command that does not exist");
}
