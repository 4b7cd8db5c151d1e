/* SPDX-License-Identifier: MIT */
/*
 * Taking back memory: what the owner gives away, and all of a dying domain.
 *
 * Without vCPU roots and descriptor tables only pins keep tables in use, and
 * tables refer to tables of a lower level only.  So one visit to each frame
 * (undo its pin, drop its allocation) unravels everything; frames that others
 * still map stay until those let go.
 */
#include "frame/alloc.h"
#include "frame/check.h"
#include "paging/drop.h"
#include "paging/paging.h"
#include "smp/softirq.h"

int paging_release(struct domain *d, struct frame *f)
{
	/* Held to the end: a check that stops half way now could not be adopted any more. */
	SPIN_HOLD(&d->mm_lock);
	type_adopt(f);
	if (type_pinned(f) && type_unpin(f))
		return -EINTR;
	return owner_drop_allocation(f) ? 0 : -EINVAL;
}

int paging_drop_vcpus(struct domain *d)
{
	struct vcpu *v;
	unsigned int i;

	for_each_vcpu (d, v, i) {
		bool descriptors = v->gdt_entries || v->ldt_entries;

		if (paging_drop_roots(v))
			return -EINTR;
		paging_drop_descriptors(v);
		if (descriptors && softirq_pending())
			return -EINTR;
	}
	return 0;
}

static int relinquish_all(struct domain *d)
{
	struct frame *f = d->relinquishing;

	/* current, the destroyer, may have a table of ours half undone. */
	if (drop_finish(current))
		return -EINTR;
	for (unsigned int i = 0;; i++) {
		if (!f)
			f = owner_next_visit(&d->pool);
		if (!f)
			return 0;
		d->relinquishing = f;
		if (paging_release(d, f) == -EINTR)
			return -EINTR;
		d->relinquishing = NULL;
		owner_put(f);
		f = NULL;
		if (!(i % 16) && softirq_pending())
			return -EINTR;
	}
}

int paging_relinquish(struct domain *d)
{
	int r;

	alloc_scrub_hold();
	r = relinquish_all(d);
	alloc_scrub_resume();
	check_everything();
	return r;
}
