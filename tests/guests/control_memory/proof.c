/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 tells a domain its memory map, claims memory for it and maps its grant table.
 * Attack: maps too long or from nowhere, claims of more than there is, resources that are not there.
 * Defence: counts and addresses are checked, a claim is counted against free memory at once.
 *
 * Proves: memory_op.XENMEM_set_memory_map ok refused
 * Proves: memory_op.XENMEM_claim_pages ok refused
 * Proves: memory_op.XENMEM_acquire_resource ok refused
 */
#include "guest.h"

#define NOWHERE ((void *)0xdead0000)

struct e820 {
	u64 start, size;
	u32 type;
} __attribute__((packed));

static struct e820 entries[256];
static long d;

static long set_map(u16 domid, unsigned int n, void *from)
{
	xen_foreign_memory_map_t m = { .domid = domid, .map.nr_entries = n };

	m.map.buffer.p = from;
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_set_memory_map, &m);
}

static long claim(u16 domid, u64 pages, unsigned int order)
{
	struct xen_memory_reservation r = { .nr_extents = pages,
					    .extent_order = order,
					    .domid = domid };

	return hypercall2(__HYPERVISOR_memory_op, XENMEM_claim_pages, &r);
}

static u64 claimed(void)
{
	sysctl_zero(XEN_SYSCTL_physinfo);
	return sysctl_op.u.physinfo.outstanding_pages;
}

static void maps(void)
{
	entries[0] = (struct e820){ 0, 16 << 20, 1 };
	check_is(set_map((u16)d, 1, entries), 0, "set_memory_map");
	check(!on_lamina() || set_map((u16)d, 129, entries) < 0, "129 entries");
	check(set_map((u16)d, ~0U, entries) < 0, "four thousand millions");
	check_is(set_map((u16)d, 1, NOWHERE), -GUEST_EFAULT, "from nowhere");
	check_is(set_map(999, 1, entries), -GUEST_ESRCH, "of no domain");
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_set_memory_map, NOWHERE), -GUEST_EFAULT,
		 "a call from nowhere");
}

static void claims(void)
{
	struct xen_memory_reservation r = { .nr_extents = 8, .domid = (u16)d };
	static xen_pfn_t frames[8];
	u64 free;

	memset(&domctl_op, 0, sizeof(domctl_op));
	domctl_op.u.max_mem.max_memkb = 4096;
	domctl(XEN_DOMCTL_max_mem, (u16)d);
	check(claim((u16)d, 1000, 0) == 0 && claimed() == 1000,
	      "claim_pages: 1000 are outstanding");
	domctl_zero(XEN_DOMCTL_getdomaininfo, (u16)d);
	check_is(domctl_op.u.getdomaininfo.outstanding_pages, 1000, "they are the domain's");
	set_xen_guest_handle(r.extent_start, frames);
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), 8,
		 "it takes 8 of them");
	check_is(claimed(), 992, "992 are outstanding");
	check_is(claim((u16)d, 0, 0), 0, "the claim is given back");
	check_is(claimed(), 0, "nothing is outstanding");
	free = sysctl_op.u.physinfo.free_pages;
	check_is(claim((u16)d, 2000, 0), -GUEST_EINVAL, "more than it may have");
	domctl_op.u.max_mem.max_memkb = 1 << 20;
	domctl(XEN_DOMCTL_max_mem, (u16)d);
	check_is(claim((u16)d, free + 1000, 0), -GUEST_ENOMEM, "more than is free");
	check(claim((u16)d, 1ULL << 60, 0) < 0, "more than can be");
	check_is(claim((u16)d, 10, 3), -GUEST_EINVAL, "in blocks of eight");
	check(claim(999, 10, 0) < 0, "for no domain");
	check_is(hypercall2(__HYPERVISOR_memory_op, XENMEM_claim_pages, NOWHERE), -GUEST_EFAULT,
		 "a call from nowhere");
	check_is(claimed(), 0, "nothing is outstanding");
}

static long acquire(u16 domid, u16 type, u32 id, u64 first, u32 n, void *list)
{
	struct xen_mem_acquire_resource r = {
		.domid = domid, .type = type, .id = id, .nr_frames = n, .frame = first
	};
	long rc;

	r.frame_list.p = list;
	rc = hypercall2(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &r);
	return rc < 0 || list ? rc : (long)r.nr_frames;
}

static void resources(void)
{
	const u32 shared = XENMEM_resource_grant_table_id_shared;
	static xen_pfn_t list[4];

	check_is(acquire((u16)d, XENMEM_resource_grant_table, shared, 0, 0, NULL), 4,
		 "acquire_resource: four frames of a grant table, at most");
	check_is(acquire((u16)d, XENMEM_resource_grant_table, shared, 0, 2, list), 0, "two of them");
	check(list[0] && list[1] && list[0] != list[1], "they are two");
	check(acquire((u16)d, XENMEM_resource_grant_table, shared, 4, 1, list) < 0, "a fifth");
	check(acquire((u16)d, XENMEM_resource_grant_table, shared, ~0ULL, 2, list) < 0,
	      "around the end");
	check_is(acquire((u16)d, XENMEM_resource_grant_table, shared, 0, 1, NOWHERE), -GUEST_EFAULT,
		 "to nowhere");
	check_is(acquire((u16)d, XENMEM_resource_grant_table, 99, 0, 1, list), -GUEST_EINVAL,
		 "of another kind of grant table");
	check(acquire((u16)d, XENMEM_resource_ioreq_server, 0, 0, 1, list) < 0,
	      "of a device model");
	check(acquire((u16)d, XENMEM_resource_vmtrace_buf, 0, 0, 1, list) < 0, "of a trace");
	check_is(acquire((u16)d, 99, 0, 0, 1, list), -GUEST_EOPNOTSUPP, "of nothing");
	check_is(acquire(999, XENMEM_resource_grant_table, shared, 0, 1, list), -GUEST_ESRCH,
		 "of no domain");
}

void proof(void)
{
	d = control_create(1);
	check(d > 0, "a domain");
	maps();
	claims();
	resources();
	check_is(control_destroy((u16)d), 0, "it is destroyed");
	check_is(claimed(), 0, "nothing is outstanding");
}
