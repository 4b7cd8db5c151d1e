/* SPDX-License-Identifier: MIT */
/*
 * Ownership and reference counts: how frames come to a domain and go.
 *
 * Each domain has a pool: the list and number of its frames.  pool.lock
 * protects list, counts and a frame's owner while FRAME_ALLOCATED changes.
 */
#pragma once

#include "frame/frame.h"
#include "x86/bound.h"
#include "x86/spinlock.h"

struct frame_pool {
	struct spinlock lock;
	u16 domid;
	bool dying;		  /* no new frames */
	u32 head, tail;		  /* first and last frame of the list, 0: none */
	u64 count;		  /* frames owned, without hypervisor pages */
	u64 held;		  /* frames stolen, for which others will come */
	u64 max;		  /* limit for count and held (domctl max_mem), frames */
	u64 shared_pages;	  /* hypervisor pages it can map */
	unsigned long dirty_cpus; /* CPUs that may hold its translations; set by vcpu_switch */
	u64 root_generation;	  /* renewed when a top-level table changes, frame/xpti.h */
	u64 to_visit;		  /* owner_next_visit(): frames left of this round */
	bool visiting;
	void (*released)(struct frame_pool *pool); /* called when count reaches 0 while dying; or NULL */
};

/* Register the pool for @domid so that frames find it; unregister at destruction. */
void owner_pool_init(struct frame_pool *pool, u16 domid);
void owner_pool_remove(struct frame_pool *pool);
struct frame_pool *owner_pool(u16 domid); /* NULL if none */

/*
 * Give 2^@order frames from the allocator to the pool; -E2BIG over max, -EINVAL
 * dying.  Takes the allocation reference of each.
 */
int owner_assign(struct frame_pool *pool, mfn_t first, unsigned int order) __must_check;
/* In the room that owner_steal() left: whatever max is now. -EINVAL dying. */
int owner_assign_held(struct frame_pool *pool, mfn_t first, unsigned int order) __must_check;

/*
 * Take a reference if the frame is RAM allocated to @domid: the frame, or NULL.
 * With it comes a stop to guesses, so that the caller may read what is in it.
 */
struct frame *owner_reference(mfn_t m, u16 domid) __must_check; /* the part out of line */
static inline __must_check struct frame *owner_get(mfn_t m, u16 domid)
{
	struct frame *f = owner_reference(m, domid);

	if (likely(f))
		bound_guesses();
	return f;
}
void owner_put(struct frame *f); /* frees at zero */

/* Drop the allocation reference once (free by the owner: balloon, destroy). False if it was gone already. */
bool owner_drop_allocation(struct frame *f);

/*
 * Take the frame away from its owner for exchange or transfer: only if nothing
 * but the allocation reference holds it and it has no live type use.  On
 * success it belongs to nobody (owner NONE, ref 0) and the caller disposes of
 * it; its room in the pool is held for owner_assign_held().
 */
int owner_steal(struct frame_pool *pool, mfn_t m) __must_check;

/*
 * Let @pool's domain map the hypervisor page (an alloc_page()): as its frame,
 * read-only or writable.  The hypervisor's own use counts as one reference;
 * owner_unshare drops it and the page is freed when the guest's are gone too.
 */
void owner_share(struct frame_pool *pool, void *page, bool writable);
void owner_unshare(void *page);

/* Note that a mapping of the frame went just now (after the entry was cleared, before the reference goes). */
void owner_stamp(struct frame *f);
/* Note that a domain other than the owner maps it; before the mapping exists. */
void owner_mark_abroad(struct frame *f);
/* Flush every CPU that may hold a translation which the frame lost. Interrupts enabled. */
void owner_flush_stale(const struct frame *f);

/* Make a hypervisor frame (M2P and the like) mappable read-only as DOMID_XEN's; for good. */
static inline void owner_expose(mfn_t m)
{
	struct frame *f = frame_of(m);

	f->owner = FRAME_OWNER_XEN;
	f->flags = FRAME_MAPPED_ABROAD;
	f->type = 1; /* a standing use of no kind: never writable */
	f->ref = FRAME_ALLOCATED | FRAME_HV_PAGE | 1;
}

/*
 * Teardown: each frame that the pool had at the first call once, with a
 * reference for the caller to put; NULL when all were seen.  Frames that
 * survive the visit move to the list's end.
 */
struct frame *owner_next_visit(struct frame_pool *pool) __must_check;
