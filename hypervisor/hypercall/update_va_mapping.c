/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls 14 and 22: set the level-1 entry of one linear address, and flush.
 */
#include "hypercall/table.h"
#include "console/log.h"
#include "paging/flushmask.h"
#include "paging/paging.h"
#include "paging/target.h"
#include "paging/update.h"
#include "smp/tlb.h"

static int va_update(struct vcpu *v, u16 owner, u64 va, u64 val)
{
	struct domain *d = v->domain;
	int r = -EINVAL;
	u64 old;
	mfn_t l1;

	spin_lock(&d->mm_lock);
	if (paging_walk(v->root, va, &l1) && owner_get(l1, d->id)) {
		struct frame *f = frame_of(l1);

		if (type_of(f) == FRAME_L1 && type_validated(f))
			r = update_entry(d, owner, f, pte_index(va, 1), val, UPDATE_SET, &old);
		owner_put(f);
	}
	spin_unlock(&d->mm_lock);
	if (unlikely(r))
		log_guest(LOG_INFO, "d%u: update_va_mapping %lx = %016lx: %d\n", d->id, va, val, r);
	return r;
}

/* @flags: UVMF_*; a bitmap pointer in the high bits unless local or all. */
static int va_flush(struct domain *d, u64 va, u64 flags)
{
	u64 where = flags & ~UVMF_FLUSHTYPE_MASK, type = flags & UVMF_FLUSHTYPE_MASK;
	unsigned long cpus = 0;

	if (type != UVMF_TLB_FLUSH && type != UVMF_INVLPG)
		return 0;
	if (where == UVMF_LOCAL) {
		if (type == UVMF_TLB_FLUSH)
			tlb_flush_local();
		else
			tlb_flush_page_local(va);
		return 0;
	}
	if (where == UVMF_ALL)
		cpus = READ_ONCE(d->pool.dirty_cpus);
	else if (!flushmask_read(d, where, &cpus))
		return -EFAULT;
	if (type == UVMF_TLB_FLUSH)
		tlb_flush_mask(cpus);
	else
		tlb_flush_page_mask(cpus, va);
	return 0;
}

HYPERCALL(update_va_mapping)
{
	struct vcpu *v = current;
	int r;

	r = va_update(v, v->domain->id, a1, a2);
	return r ? r : va_flush(v->domain, a1, a3);
}

HYPERCALL(update_va_mapping_otherdomain)
{
	struct vcpu *v = current;
	struct target t;
	int r;

	r = target_get(a4 & 0xffff, &t);
	if (r)
		return r;
	r = va_update(v, t.frames, a1, a2);
	target_put(&t);
	return r ? r : va_flush(v->domain, a1, a3);
}
