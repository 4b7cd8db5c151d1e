/* SPDX-License-Identifier: MIT */
/*
 * Claim: memory goes back and comes again, one's own only, in bounded time (XSA-31, XSA-158).
 * Attack: order 40, absurd counts, frames of others, frames in use, twice.
 * Defence: checked before any shift; counted by extents done.
 * Proves: memory_op.XENMEM_populate_physmap ok refused
 * Proves: memory_op.XENMEM_decrease_reservation ok refused
 * Proves: memory_op.XENMEM_current_reservation ok refused
 * Proves: memory_op.XENMEM_increase_reservation ok refused
 */
#include "guest.h"

static long change(unsigned int cmd, xen_pfn_t *list, u64 n, unsigned int order, domid_t dom)
{
	struct xen_memory_reservation r = { .nr_extents = n, .extent_order = order, .domid = dom };

	set_xen_guest_handle(r.extent_start, list);
	return hypercall2(__HYPERVISOR_memory_op, cmd, &r);
}

static u64 m2p(u64 mfn)
{
	return ((const u64 *)HYPERVISOR_VIRT_START)[mfn];
}

#define DECREASE XENMEM_decrease_reservation
#define POPULATE XENMEM_populate_physmap

void proof(void)
{
	u64 *page = page_alloc(), *held = page_alloc();
	xen_pfn_t list[8], own = virt_to_mfn(page), pfn = m2p(own);
	domid_t self = DOMID_SELF;
	long before = hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self);

	check(before > 0, "a reservation of %ld pages", before);
	list[0] = own;
	update_va(page, 0, UVMF_INVLPG);
	check_is(change(DECREASE, list, 1, 0, self), 1, "give a page back");
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self), before - 1,
		 "one less");
	check(update_va(page, pte_of(own, PTE_P | PTE_RW | PTE_US), 0) < 0, "it is not ours now");
	check_is(change(DECREASE, list, 1, 0, self), 0, "nor can it be given twice");
	list[0] = 0;
	check(change(XENMEM_increase_reservation, list, 1, 0, self) == 1 && list[0],
	      "take one that has no number");
	check(change(XENMEM_increase_reservation, list, 1, 40, self) <= 0 &&
		      change(XENMEM_increase_reservation, list, 1, 0, 9999) <= 0,
	      "not of order 40, nor for no domain");
	check_is(change(DECREASE, list, 1, 0, self), 1, "and give it back");
	list[0] = pfn;
	check_is(change(POPULATE, list, 1, 0, self), 1, "take one");
	own = list[0];
	check(m2p(own) == pfn, "the M2P knows where");
	check_is(update_va(page, pte_of(own, PTE_P | PTE_RW | PTE_US), UVMF_INVLPG), 0, "map it");
	check(*page == 0, "it is clean");
	*page = 1;

	list[0] = virt_to_mfn(held);
	*held = 0x4e1d;
	check_is(change(DECREASE, list, 1, 0, self), 1, "a page that is still mapped");
	check(*held == 0x4e1d, "stays as long as it is");
	check_is(update_va(held, 0, UVMF_INVLPG), 0, "then it goes");
	list[0] = 0x300;
	check_is(change(DECREASE, list, 1, 0, self), 0, "another's frame");
	list[0] = ~0ULL >> 12;
	check_is(change(DECREASE, list, 1, 0, self), 0, "a frame that does not exist");
	list[0] = ~0ULL;
	check_is(change(DECREASE, list, 1, 9, self), 0, "frames that wrap around");
	list[0] = pfn;
	check(change(POPULATE, list, 1, 40, self) <= 0, "order 40");
	check(change(POPULATE, list, 1, 64, self) <= 0, "order 64");
	check(change(DECREASE, list, 1, ~0U, self) <= 0, "order 4294967295");
	check(change(POPULATE, list, ~0ULL, 0, self) <= 0, "all extents there are");
	check(change(POPULATE, (void *)0xffff830000000000, 1, 0, self) <= 0,
	      "a list in the hypervisor");
	check(change(POPULATE, (void *)0xdead0000, 1, 0, self) <= 0, "a list nowhere");
	check(change(POPULATE, list, 1, 0, 9999) <= 0, "for no domain");
	check(hypercall2(__HYPERVISOR_memory_op, POPULATE, 0xdead0000) <= 0, "arguments nowhere");
	check(hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, 0xdead0000) < 0,
	      "a domain from nowhere");
	check(hypercall2(__HYPERVISOR_memory_op, POPULATE | 5UL << 6, page) <= 5,
	      "a restart that never began");
}
