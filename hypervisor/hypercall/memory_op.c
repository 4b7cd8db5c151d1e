/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_memory_op (12): reservations, memory maps, the M2P's own frames,
 * resources of other domains.
 *
 * a1: XENMEM_* and, above MEMOP_EXTENT_SHIFT, extents done before a restart;
 * a2: guest address of the operation's structure.
 */
#include "domain/vcpu.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "grant/grant.h"
#include "hypercall/arg.h"
#include "hypercall/op.h"
#include "hypercall/preempt.h"
#include "hypercall/reservation.h"
#include "hypercall/table.h"

/* e820 entry as BIOS int 0x15 reports it: 20 bytes. */
struct memory_e820 {
	u64 start, size;
	u32 type;
} __packed;

static long memory_count(struct vcpu *v, u32 cmd, void *arg)
{
	struct xen_memory_domain *md = arg;
	DOMAIN_HOLD(d);
	long n = policy_target(md->domid, POLICY_MEMORY, &d);

	if (n)
		return n;
	return cmd == XENMEM_current_reservation   ? (long)d->pool.count
	       : cmd == XENMEM_maximum_reservation ? (long)d->pool.max
						   : (long)d->shared->arch.max_pfn - 1;
}

/* The 2 MiB pieces of the M2P, by the frame each begins with; 0 for a piece there is none of. */
static long memory_machphys_list(struct vcpu *v, u32 cmd, void *arg)
{
	const u64 entries = (2UL << 20) / sizeof(u64);
	struct xen_machphys_mfn_list *list = arg;
	u64 i, n = MIN(DIV_ROUND_UP(frame_table_size, entries), (u64)list->max_extents);

	for (i = 0; i < n; i++) {
		xen_pfn_t m = hostmap_m2p_frame(i * entries).v;

		if (!arg_put_at(arg_handle(list->extent_start), i, &m))
			return -EFAULT;
	}
	list->nr_extents = (unsigned int)i;
	return 0;
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

static long memory_put_map(xen_memory_map_t *map, const struct boot_mem *from, unsigned int n)
{
	n = MIN(map->nr_entries, n);
	for (unsigned int i = 0; i < n; i++) {
		struct memory_e820 e = { from[i].start, from[i].size, from[i].type };

		if (!arg_put_at(arg_handle(map->buffer), i, &e))
			return -EFAULT;
	}
	map->nr_entries = n;
	return 0;
}

/* dom0: the machine's own map. */
static long memory_machine_map(struct vcpu *v, u32 cmd, void *arg)
{
	return memory_put_map(arg, boot_info.memmap, boot_info.nr_memmap);
}

/* A domain's own map, as the toolstack set it; -ENOSYS lets Linux make up a flat one. */
static long memory_map(struct vcpu *v, u32 cmd, void *arg)
{
	struct domain *d = v->domain;

	return d->nr_memmap ? memory_put_map(arg, d->memmap, d->nr_memmap) : -ENOSYS;
}

static long memory_set_map(struct vcpu *v, u32 cmd, void *arg)
{
	xen_foreign_memory_map_t *fm = arg;
	struct boot_mem entries[DOMAIN_MAX_MEMMAP];
	struct domain *d;

	if (fm->map.nr_entries > DOMAIN_MAX_MEMMAP)
		return -EINVAL;
	for (unsigned int i = 0; i < fm->map.nr_entries; i++) {
		struct memory_e820 e;

		if (!arg_get_at(&e, arg_handle(fm->map.buffer), i))
			return -EFAULT;
		entries[i] = (struct boot_mem){ e.start, e.size, e.type };
	}
	d = domain_get(fm->domid);
	if (!d)
		return -ESRCH;
	spin_lock(&d->lock);
	for (unsigned int i = 0; i < fm->map.nr_entries; i++)
		d->memmap[i] = entries[i];
	d->nr_memmap = fm->map.nr_entries;
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

static long memory_acquire(struct vcpu *v, u32 cmd, void *arg)
{
	struct xen_mem_acquire_resource *r = arg;
	struct domain *d;
	long rc;

	if (r->pad || r->type != XENMEM_resource_grant_table)
		return r->pad ? -EINVAL : -EOPNOTSUPP;
	d = domain_get(r->domid);
	if (!d)
		return -ESRCH;
	if (!r->nr_frames && !arg_handle(r->frame_list)) {
		r->nr_frames = d->max_grant_frames;
		rc = 0;
	} else if (r->nr_frames > 256) {
		rc = -E2BIG;
	} else {
		rc = memory_grant_frames(d, r);
	}
	domain_put(d);
	return rc;
}

static const struct op ops[] = {
	[XENMEM_current_reservation] = OP(OWN, memory_count, struct xen_memory_domain),
	[XENMEM_maximum_reservation] = OP(OWN, memory_count, struct xen_memory_domain),
	[XENMEM_maximum_gpfn] = OP(OWN, memory_count, struct xen_memory_domain),
	[XENMEM_machphys_mfn_list] =
		OP_ANSWERS(CONTROL, memory_machphys_list, struct xen_machphys_mfn_list),
	[XENMEM_memory_map] = OP_ANSWERS(OWN, memory_map, xen_memory_map_t),
	[XENMEM_machine_memory_map] = OP_ANSWERS(CONTROL, memory_machine_map, xen_memory_map_t),
	[XENMEM_set_memory_map] = OP(CONTROL, memory_set_map, xen_foreign_memory_map_t),
	[XENMEM_acquire_resource] =
		OP_ANSWERS(CONTROL, memory_acquire, struct xen_mem_acquire_resource),
};

HYPERCALL(memory_op)
{
	u32 op = a1 & MEMOP_CMD_MASK;
	long rc;

	switch (op) {
	case XENMEM_increase_reservation:
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap: return reservation_change(op, a2, a1 >> MEMOP_EXTENT_SHIFT);
	case XENMEM_exchange: return reservation_exchange(a2);
	case XENMEM_claim_pages: return reservation_claim(a2);
	case XENMEM_maximum_ram_page: return (long)alloc_max_mfn().v;
	case XENMEM_machphys_mapping: return memory_machphys_mapping(a2);
	}
	rc = op_run(ops, ARRAY_SIZE(ops), op, current, a2);
	return rc == -ERESTART ? preempt_restart(op, a2, 0, 0, 0) : rc;
}
