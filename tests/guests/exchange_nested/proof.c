/* SPDX-License-Identifier: MIT */
/*
 * Claim: what an exchange that has stopped half way was given does not count for another (memory stays free).
 * Attack: 2 MiB into single pages, with a clock whose handler exchanges a page in the midst of that.
 * Defence: a chunk is told apart by domain and sizes before its progress is used.
 * MEMORY: 512
 */
#include "guest.h"

static xen_pfn_t big, small[512], one;
static unsigned int nested, failed;
static u64 least = ~0UL;

static u64 free_pages(void)
{
	return sysctl_zero(XEN_SYSCTL_physinfo) ? 0 : sysctl_op.u.physinfo.free_pages;
}

static long exchange(xen_pfn_t *in, unsigned int order, xen_pfn_t *out, u64 n)
{
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 1, .extent_order = order, .domid = DOMID_SELF },
		.out = { .nr_extents = n, .domid = DOMID_SELF },
	};

	set_xen_guest_handle(x.in.extent_start, in);
	set_xen_guest_handle(x.out.extent_start, out);
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, &x);
}

static void in_between(void)
{
	xen_pfn_t in = one;
	u64 now;

	/* Only while the answers come, when some have been given and others not. */
	if (small[0] == 0x10000 || small[511] != 0x10000 + 511)
		return;
	one = 0x30000;
	nested++;
	failed += exchange(&in, 0, &one, 1) != 0;
	now = free_pages();
	if (now < least)
		least = now;
}

void proof(void)
{
	struct xen_memory_reservation r = { .nr_extents = 1, .extent_order = 9, .domid = DOMID_SELF };
	struct xen_domctl op = { .u.max_mem.max_memkb = 1 << 20 };
	unsigned int broken = 0;
	u64 start;

	check_is(other_op(XEN_DOMCTL_max_mem, 0, &op), 0, "room for more");
	r.extent_order = 0;
	set_xen_guest_handle(r.extent_start, &one);
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_increase_reservation, &r), 1, "a page");
	r.extent_order = 9;
	set_xen_guest_handle(r.extent_start, &big);
	ticks_hook = in_between;
	start = free_pages();
	for (unsigned int round = 0; round < 32; round++) {
		if (hypercall2(__HYPERVISOR_memory_op, XENMEM_increase_reservation, &r) != 1)
			break;
		for (u64 i = 0; i < 512; i++)
			small[i] = 0x10000 + i;
		ticks_start(15000 + round * 1000);
		broken += exchange(&big, 9, small, 512) != 0;
		ticks_stop();
	}
	check(nested > 0 && !failed, "%u exchanges in the midst of others, %u failed", nested,
	      failed);
	check(broken > 0, "%u of the others were lost by that", broken);
	check(least + 33UL * 1024 > start, "%lu pages were free, never less than %lu", start, least);
}
