/* SPDX-License-Identifier: MIT */
/*
 * The top-level tables of a vCPU, one for its kernel and one for its user mode.
 */
#include "paging/drop.h"
#include "paging/paging.h"
#include "smp/tlb.h"

static inline bool root_set(mfn_t m)
{
	return m.v && !mfn_eq(m, INVALID_MFN);
}

/* @live: the slot's mode is the one that runs, on this CPU. */
static int base_switch(struct vcpu *v, mfn_t *slot, mfn_t m, bool live)
{
	struct domain *d = v->domain;
	mfn_t old;
	int r;

	SPIN_HOLD(&d->mm_lock);
	old = *slot;
	if (!mfn_eq(old, m)) {
		r = root_set(m) ? type_get_owned(m, d->id, FRAME_L4) : 0;
		if (r)
			return r;
		*slot = m;
	}
	if (live)
		tlb_write_cr3(m);
	if (!mfn_eq(old, m) && root_set(old))
		drop_root(old);
	return 0;
}

/*
 * The common switch, between two roots that are pinned or in use elsewhere: no
 * lock, so that processors of a domain that switch all the time do not wait for
 * each other.  Only @v itself changes its slots while it runs.
 */
static bool base_switch_shared(struct vcpu *v, mfn_t *slot, mfn_t m, bool live)
{
	struct frame *f = root_set(*slot) ? owner_get(m, v->domain->id) : NULL, *old;

	if (!f)
		return false;
	if (!type_share(f, FRAME_L4)) {
		owner_put(f);
		return false;
	}
	old = frame_of(*slot);
	*slot = m;
	if (live)
		tlb_write_cr3(m);
	if (type_unshare(old)) {
		owner_put(old);
		return true;
	}
	SPIN_HOLD(&v->domain->mm_lock);
	drop_root(frame_mfn(old));
	return true;
}

int paging_set_root(struct vcpu *v, mfn_t m)
{
	if (!root_set(m))
		return -EINVAL;
	if (v == current && base_switch_shared(v, &v->root, m, v->in_kernel))
		return 0;
	return base_switch(v, &v->root, m, v == current && v->in_kernel);
}

int paging_set_root_user(struct vcpu *v, mfn_t m)
{
	bool live = v == current && !v->in_kernel;

	if (!root_set(m)) {
		if (live)
			return -EINVAL;
		m = INVALID_MFN;
	} else if (v == current && base_switch_shared(v, &v->root_user, m, live)) {
		return 0;
	}
	return base_switch(v, &v->root_user, m, live);
}

int paging_drop_roots(struct vcpu *v)
{
	mfn_t *slots[] = { &v->root, &v->root_user }, m;
	struct domain *d = v->domain;

	for (unsigned int i = 0; i < ARRAY_SIZE(slots); i++) {
		/* Room for what may be left of it, in current, who destroys. */
		if (drop_finish(current))
			return -EINTR;
		spin_lock(&d->mm_lock);
		m = *slots[i];
		*slots[i] = INVALID_MFN;
		if (root_set(m))
			drop_root(m);
		spin_unlock(&d->mm_lock);
	}
	return drop_finish(current) ? -EINTR : drop_finish(v);
}

void paging_flush_domain(struct domain *d)
{
	tlb_flush_mask(READ_ONCE(d->pool.dirty_cpus));
}
