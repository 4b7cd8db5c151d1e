/* SPDX-License-Identifier: MIT */
/*
 * Claim: giving, taking and exchanging memory in the largest pieces and numbers keeps nobody waiting.
 * Attack: extents of every order, exchanges both ways, counts of 2^31, 2^32 - 1 and 2^57, with a clock that ticks.
 * Defence: orders are bounded; memory is zeroed, given and taken in rounds.
 * MEMORY: 512
 *
 * Proves: memory_op.XENMEM_populate_physmap ok refused
 * Proves: memory_op.XENMEM_increase_reservation ok
 * Proves: memory_op.XENMEM_decrease_reservation ok refused
 * Proves: memory_op.XENMEM_exchange ok
 * Proves: XSA-31
 * Proves: XSA-158
 */
#include "guest.h"

#define EXTENTS 64

static xen_pfn_t big[EXTENTS], small[512], back[1];

static long reservation(unsigned int op, u16 id, xen_pfn_t *extents, u64 n, unsigned int order)
{
	struct xen_memory_reservation r = { .nr_extents = n, .extent_order = order, .domid = id };

	set_xen_guest_handle(r.extent_start, extents);
	return hypercall2(__HYPERVISOR_memory_op, op, &r);
}

static long exchange(xen_pfn_t *in, u64 n_in, unsigned int order_in, xen_pfn_t *out, u64 n_out,
		     unsigned int order_out)
{
	struct xen_memory_exchange x = {
		.in = { .nr_extents = n_in, .extent_order = order_in, .domid = DOMID_SELF },
		.out = { .nr_extents = n_out, .extent_order = order_out, .domid = DOMID_SELF },
	};

	set_xen_guest_handle(x.in.extent_start, in);
	set_xen_guest_handle(x.out.extent_start, out);
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, &x);
}

static const u64 counts[] = { 1UL << 31, (1UL << 32) - 1, 1UL << 57, ~0UL };

void proof(void)
{
	struct xen_domctl op = { 0 };
	struct xen_memory_domain self = { .domid = DOMID_SELF };
	long id, before;
	u64 mfn;

	/* Room for what is to come. */
	op.u.max_mem.max_memkb = 1UL << 20;
	check_is(other_op(XEN_DOMCTL_max_mem, 0, &op), 0, "may have 1 GiB");
	id = other_create(1, 1UL << 20);
	check(id > 0, "another domain");
	ticks_start(30000);

	for (unsigned int round = 0; round < 3; round++) {
		for (u64 i = 0; i < EXTENTS; i++)
			big[i] = 0x100000 + i * 512;
		check_is(other_populate((u16)id, big, EXTENTS, 9), EXTENTS, "extents of 2 MiB");
		check_is(reservation(XENMEM_decrease_reservation, (u16)id, big, EXTENTS, 9),
			 EXTENTS, "and taken back");
		check_is(reservation(XENMEM_decrease_reservation, (u16)id, big, EXTENTS, 9), 0,
			 "but once");
	}
	for (unsigned int order = 0; order < 12; order++) {
		long n = reservation(XENMEM_increase_reservation, (u16)id, big, 8, order);

		check(n == (order <= 9		? 8
			    : n && !on_lamina() ? n
						: 0),
		      "eight of order %u: %ld", order, n);
		if (n)
			check_is(reservation(XENMEM_decrease_reservation, (u16)id, big, (u64)n, order),
				 n, "and back");
	}
	if (on_lamina())
		check_is(other_populate((u16)id, big, 1, 18), 0, "1 GiB in one piece");

	/* Ours: one large into many small, and back. */
	for (unsigned int order = 8; order <= 9; order++) {
		u64 n = 1UL << order;

		big[0] = start_info->nr_pages + 1024;
		check_is(reservation(XENMEM_increase_reservation, DOMID_SELF, big, 1, order), 1,
			 "a piece");
		mfn = big[0];
		for (u64 i = 0; i < n; i++)
			small[i] = 0x10000 + i;
		check_is(exchange(&mfn, 1, order, small, n, 0), 0, "for single pages");
		back[0] = 0x20000;
		check_is(exchange(small, n, 0, back, 1, order), 0, "for a piece again");
		check(((const u64 *)HYPERVISOR_VIRT_START)[back[0] + 5] == 0x20005,
		      "the M2P knows it");
		check_is(reservation(XENMEM_decrease_reservation, DOMID_SELF, back, 1, order), 1,
			 "and away");
		check_is(reservation(XENMEM_increase_reservation, DOMID_SELF, big, 1, order), 1,
			 "another");
		mfn = big[0];
		before = hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self);
		check_is(exchange(&mfn, 1, order, (void *)0x10000, n, 0), -GUEST_EFAULT,
			 "for pages listed nowhere");
		check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self),
			 before, "it has as many as before");
	}

	/* As many as there is memory, then what is no number at all. */
	for (unsigned int i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		check(reservation(XENMEM_decrease_reservation, (u16)id, (void *)0x10000, counts[i],
				  0) <= 0,
		      "a list of %lx nowhere", counts[i]);
		check(reservation(XENMEM_populate_physmap, (u16)id, (void *)0x10000, counts[i], 9) <=
			      0,
		      "and to fill");
	}
	op.u.max_mem.max_memkb = 1UL << 16;
	other_op(XEN_DOMCTL_max_mem, (u16)id, &op);
	check_is(reservation(XENMEM_increase_reservation, (u16)id, NULL, (1UL << 32) - 1, 0),
		 1L << 14, "four thousand million pages, no list: up to the limit");
	check_is(other_destroy((u16)id), 0, "the other goes");
	check(ticks > 100, "%u ticks", ticks);
	ticks_stop();
}
