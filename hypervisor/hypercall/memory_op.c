/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_memory_op (12): reservations, memory maps, the M2P's own frames,
 * resources of other domains.
 *
 * a1: XENMEM_* and, above MEMOP_EXTENT_SHIFT, extents done before a restart;
 * a2: guest address of the operation's structure.
 */
#include "domain/policy.h"
#include "domain/vcpu.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "grant/grant.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/reservation.h"
#include "hypercall/table.h"

/* e820 entry as BIOS int 0x15 reports it: 20 bytes. */
struct memory_e820 {
	u64 start, size;
	u32 type;
} __packed;

static long memory_count(u32 op, u64 arg)
{
	struct xen_memory_domain md;
	struct domain *d;
	long n;

	if (!arg_get(&md, arg))
		return -EFAULT;
	n = policy_target(md.domid, POLICY_MEMORY, &d);
	if (n)
		return n;
	if (op == XENMEM_current_reservation)
		n = (long)d->pool.count;
	else if (op == XENMEM_maximum_reservation)
		n = (long)d->pool.max;
	else
		n = (long)d->shared->arch.max_pfn - 1;
	domain_put(d);
	return n;
}

/* The 2 MiB pieces of the M2P, by the frame each begins with; 0 for a piece there is none of. */
static long memory_machphys_list(u64 arg)
{
	const u64 entries = (2UL << 20) / sizeof(u64);
	struct xen_machphys_mfn_list list;
	unsigned int i, n;

	if (!policy_allows(current->domain, NULL, POLICY_CONTROL))
		return -EPERM;
	if (!arg_get(&list, arg))
		return -EFAULT;
	n = (unsigned int)DIV_ROUND_UP(frame_table_size, entries);
	n = MIN(n, list.max_extents);
	for (i = 0; i < n; i++) {
		xen_pfn_t m = hostmap_m2p_frame(i * entries).v;

		if (!arg_put_at(arg_handle(list.extent_start), i, &m))
			return -EFAULT;
	}
	list.nr_extents = i;
	return arg_put(arg, &list) ? 0 : -EFAULT;
}

static long memory_machphys_mapping(u64 arg)
{
	struct xen_machphys_mapping map = {
		.v_start = M2P_RO_START,
		.v_end = M2P_RO_START + ROUND_UP(frame_table_size * sizeof(u64), PAGE_SIZE),
		.max_mfn = frame_table_size - 1,
	};

	return arg_put(arg, &map) ? 0 : -EFAULT;
}

/* A map of memory for the caller: the machine's, or its own as the toolstack set it. */
static long memory_map(u64 arg, const struct boot_mem *m, u32 nr)
{
	xen_memory_map_t map;

	if (!arg_get(&map, arg))
		return -EFAULT;
	map.nr_entries = MIN(map.nr_entries, nr);
	for (u32 i = 0; i < map.nr_entries; i++) {
		struct memory_e820 e = { m[i].start, m[i].size, m[i].type };

		if (!arg_put_at(arg_handle(map.buffer), i, &e))
			return -EFAULT;
	}
	return arg_put(arg, &map) ? 0 : -EFAULT;
}

static long memory_set_map(u64 arg)
{
	struct boot_mem entries[DOMAIN_MAX_MEMMAP];
	xen_foreign_memory_map_t fm;
	struct domain *d;

	if (!policy_allows(current->domain, NULL, POLICY_CONTROL))
		return -EPERM;
	if (!arg_get(&fm, arg))
		return -EFAULT;
	if (fm.map.nr_entries > DOMAIN_MAX_MEMMAP)
		return -EINVAL;
	for (unsigned int i = 0; i < fm.map.nr_entries; i++) {
		struct memory_e820 e;

		if (!arg_get_at(&e, arg_handle(fm.map.buffer), i))
			return -EFAULT;
		entries[i] = (struct boot_mem){ e.start, e.size, e.type };
	}
	d = domain_get(fm.domid);
	if (!d)
		return -ESRCH;
	spin_lock(&d->lock);
	for (unsigned int i = 0; i < fm.map.nr_entries; i++)
		d->memmap[i] = entries[i];
	d->nr_memmap = fm.map.nr_entries;
	spin_unlock(&d->lock);
	domain_put(d);
	return 0;
}

static long memory_grant_frames(struct domain *d, const struct xen_mem_acquire_resource *r)
{
	if (r->id != XENMEM_resource_grant_table_id_shared)
		return -EINVAL;
	/* The last one first: the table grows in rounds, and has then grown for all. */
	for (u32 n = !r->nr_frames; n <= r->nr_frames; n++) {
		u32 i = (n ? n : r->nr_frames) - 1;
		mfn_t m;
		int rc = r->frame + i > ~0U ? -EINVAL
					    : grant_get_frame(d, (unsigned int)(r->frame + i), &m);

		if (rc)
			return rc;
		if (!arg_put_at(arg_handle(r->frame_list), i, &m.v))
			return -EFAULT;
	}
	return 0;
}

static long memory_acquire(u64 arg)
{
	struct xen_mem_acquire_resource r;
	struct domain *d;
	long rc;

	if (!policy_allows(current->domain, NULL, POLICY_CONTROL))
		return -EPERM;
	if (!arg_get(&r, arg))
		return -EFAULT;
	if (r.pad || r.type != XENMEM_resource_grant_table)
		return r.pad ? -EINVAL : -EOPNOTSUPP;
	d = domain_get(r.domid);
	if (!d)
		return -ESRCH;
	if (!r.nr_frames && !arg_handle(r.frame_list)) {
		r.nr_frames = d->max_grant_frames;
		rc = arg_put(arg, &r) ? 0 : -EFAULT;
	} else if (r.nr_frames > 256) {
		rc = -E2BIG;
	} else {
		rc = memory_grant_frames(d, &r);
	}
	domain_put(d);
	return rc == -ERESTART ? preempt_restart(XENMEM_acquire_resource, arg, 0, 0, 0) : rc;
}

HYPERCALL(memory_op)
{
	struct domain *d = current->domain;
	u32 op = a1 & MEMOP_CMD_MASK;

	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap: return reservation_change(op, a2, a1 >> MEMOP_EXTENT_SHIFT);
	case XENMEM_exchange: return reservation_exchange(a2);
	case XENMEM_claim_pages: return reservation_claim(a2);
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
	case XENMEM_maximum_gpfn: return memory_count(op, a2);
	case XENMEM_maximum_ram_page: return (long)alloc_max_mfn().v;
	case XENMEM_machphys_mfn_list: return memory_machphys_list(a2);
	case XENMEM_machphys_mapping: return memory_machphys_mapping(a2);
	case XENMEM_memory_map: /* Linux makes up a flat one if there is none */
		return d->nr_memmap ? memory_map(a2, d->memmap, d->nr_memmap) : -ENOSYS;
	case XENMEM_machine_memory_map:
		return policy_allows(d, NULL, POLICY_CONTROL)
			       ? memory_map(a2, boot_info.memmap, boot_info.nr_memmap)
			       : -EPERM;
	case XENMEM_set_memory_map: return memory_set_map(a2);
	case XENMEM_acquire_resource: return memory_acquire(a2);
	}
	return -ENOSYS;
}
