/* SPDX-License-Identifier: MIT */
/*
 * Taking back all the memory of a dying domain.
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

static int relinquish_frame(struct domain *d, struct frame *f)
{
	int r = 0;

	spin_lock(&d->mm_lock);
	type_adopt(f);
	if (type_pinned(f))
		r = type_unpin(f);
	spin_unlock(&d->mm_lock);
	if (!r)
		owner_drop_allocation(f);
	return r;
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
	int r;

	/* current, the destroyer, may have a table of ours half undone. */
	if (drop_finish(current))
		return -EINTR;
	for (unsigned int i = 0;; i++) {
		if (!f)
			f = owner_next_visit(&d->pool);
		if (!f)
			return 0;
		d->relinquishing = f;
		r = relinquish_frame(d, f);
		if (r)
			return r;
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
