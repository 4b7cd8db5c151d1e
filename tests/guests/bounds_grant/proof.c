/* SPDX-License-Identifier: MIT */
/*
 * Claim: grant tables at their largest, and arrays of any length, keep nobody waiting.
 * Attack: grow the table to its limit at once; map, unmap and copy 512 at once and say they were 2^31 - 1;
 *   use up all handles; destroy a domain with the largest table, with a clock that ticks.
 * Defence: growth, arrays and the end of a table go in rounds.
 * MEMORY: 512
 *
 * Proves: grant_table_op.GNTTABOP_setup_table ok refused
 * Proves: grant_table_op.GNTTABOP_map_grant_ref ok
 * Proves: grant_table_op.GNTTABOP_unmap_grant_ref ok
 * Proves: grant_table_op.GNTTABOP_copy ok
 * Proves: memory_op.XENMEM_acquire_resource ok
 */
#include "guest.h"

#define N 512

static gnttab_map_grant_ref_t maps[N];
static gnttab_unmap_grant_ref_t unmaps[N];
static gnttab_copy_t copies[N];
static xen_pfn_t frames[4096];

static long acquire(u16 id, u32 first, u32 n)
{
	struct xen_mem_acquire_resource r = {
		.domid = id,
		.type = XENMEM_resource_grant_table,
		.frame = first,
		.nr_frames = n,
	};

	set_xen_guest_handle(r.frame_list, frames);
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &r);
}

void proof(void)
{
	gnttab_setup_table_t setup = { .dom = DOMID_SELF, .nr_frames = 64 };
	gnttab_query_size_t size = { .dom = DOMID_SELF };
	struct xen_domctl op = { 0 };
	u8 *window = page_alloc(), *page = page_alloc();
	u32 handles = 0;
	long rc = 0;
	u16 id;

	for (unsigned int i = 1; i < 16; i++)
		page_alloc(); /* behind the window there are pages */
	ticks_start(30000);
	check(grant_setup(), "a table");
	grant_op(GNTTABOP_query_size, &size, 1);
	setup.nr_frames = size.max_nr_frames;
	set_xen_guest_handle(setup.frame_list, frames);
	check_is(grant_op(GNTTABOP_setup_table, &setup, 1), 0, "at its largest");
	check_is(setup.status, 0, "is granted");
	check(frames[setup.nr_frames - 1] != 0, "all %u frames", setup.nr_frames);
	setup.nr_frames++;
	grant_op(GNTTABOP_setup_table, &setup, 1);
	check(setup.status < 0, "and not one more");

	grant_give(20, virt_to_mfn(page), GTF_permit_access);
	for (unsigned int i = 0; i < N; i++)
		maps[i] = (gnttab_map_grant_ref_t){ .host_addr = PTR(window),
						    .flags = GNTMAP_device_map,
						    .ref = 20,
						    .dom = DOMID_SELF };
	for (;;) {
		rc = grant_op(GNTTABOP_map_grant_ref, maps, N);
		if (rc || maps[N - 1].status)
			break;
		handles += N;
	}
	check(!rc && handles > 1000, "handles until there are no more: %u and some", handles);
	for (u32 first = 0; first < handles + N; first += N) {
		for (unsigned int i = 0; i < N; i++)
			unmaps[i] =
				(gnttab_unmap_grant_ref_t){ .dev_bus_addr = virt_to_mfn(page) << 12,
							    .handle = first + i };
		rc |= grant_op(GNTTABOP_unmap_grant_ref, unmaps, N);
	}
	check_is(rc, 0, "all given back");
	for (unsigned int i = 0; i < N; i++) {
		maps[i].flags = GNTMAP_host_map;
		unmaps[i] = (gnttab_unmap_grant_ref_t){ .host_addr = PTR(window) };
	}
	check_is(grant_op(GNTTABOP_map_grant_ref, maps, N), 0, "one address, many times");
	for (unsigned int i = 0; i < N; i++)
		unmaps[i].handle = maps[i].handle;
	check_is(grant_op(GNTTABOP_unmap_grant_ref, unmaps, N), 0, "and off");
	for (unsigned int i = 0; i < N; i++) {
		copies[i] = (gnttab_copy_t){ .source = { .domid = DOMID_SELF,
							 .u.gmfn = virt_to_mfn(page) },
					     .dest = { .domid = DOMID_SELF, .u.ref = 20 },
					     .flags = GNTCOPY_dest_gref,
					     .len = 4096 };
	}
	check_is(grant_op(GNTTABOP_copy, copies, N), 0, "copies of whole pages");
	check_is(copies[N - 1].status, 0, "the last");
	check(grant_op(GNTTABOP_copy, copies, 0x7fffffff) < 0, "two thousand million copies");
	check(grant_op(GNTTABOP_map_grant_ref, maps, 0x7fffffff) < 0, "and maps");
	check(grant_op(GNTTABOP_unmap_grant_ref, unmaps, 0x7fffffff) < 0, "and unmaps");
	check(grant_op(GNTTABOP_copy, copies, 0xffffffff) < 0, "and one that is negative");

	/* The largest table a domain can be given. */
	op.u.createdomain = (struct xen_domctl_createdomain){
		.max_vcpus = 1,
		.max_evtchn_port = -1,
		.max_grant_frames = 64,
		.max_maptrack_frames = 1024,
		.grant_opts = 1,
	};
	check_is(other_op(XEN_DOMCTL_createdomain, 0, &op), 0, "a domain with the largest table");
	id = op.domain;
	rc = 0;
	for (u32 i = 0; i < 64 && !rc; i += 32)
		rc = acquire(id, i, 32);
	check_is(rc, 0, "all of them");
	check(!on_lamina() || acquire(id, 0, 257) < 0, "not 257 at once");
	check_is(other_destroy(id), 0, "and it goes");
	check(ticks > 20, "%u ticks", ticks);
	ticks_stop();
}
