/* SPDX-License-Identifier: MIT */
/*
 * Hypercall 1: batches of page-table updates and M2P entries.
 *
 * Requests are copied a chunk at a time, so that the guest's memory is not
 * touched under its mm_lock, and the table of one request is kept for the
 * next, which nearly always is in the same.
 */
#include "hypercall/table.h"
#include "console/log.h"
#include "frame/directmap.h"
#include "frame/m2p.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "paging/paging.h"
#include "paging/target.h"
#include "paging/update.h"

#define CHUNK 32 /* requests under one hold of the lock */

/* In the count of a restarted call: *pdone holds what earlier rounds did. */
#define COUNT_RESTARTED (1U << 31)

struct batch {
	struct target target;
	struct frame *table; /* referenced, or NULL */
	bool validated;	     /* it is a page table; else it is plain memory, with a writable use */
};

static void batch_put_table(struct batch *b)
{
	if (!b->table)
		return;
	if (!b->validated)
		type_put(b->table, false);
	owner_put(b->table);
	b->table = NULL;
}

static int batch_get_table(struct batch *b, mfn_t m)
{
	struct frame *f;

	batch_put_table(b);
	f = owner_get(m, b->target.tables->id);
	if (!f)
		return -EINVAL;
	b->validated = type_of(f) >= FRAME_L1 && type_of(f) <= FRAME_L4 && type_validated(f);
	if (!b->validated && type_get(f, FRAME_WRITABLE)) {
		owner_put(f);
		return -EINVAL;
	}
	b->table = f;
	return 0;
}

static int update_pte(struct batch *b, u64 ptr, u64 val, bool keep_ad)
{
	mfn_t m = maddr_to_mfn(maddr(ptr));
	u64 old;
	int r;

	if (unlikely(!b->table || !mfn_eq(frame_mfn(b->table), m))) {
		r = batch_get_table(b, m);
		if (r)
			return r;
	}
	if (unlikely(!b->validated)) {
		atomic_xchg((u64 *)maddr_to_virt(maddr(ptr)), val);
		dirty_mark(b->target.tables, m);
		return 0;
	}
	return update_entry(b->target.tables, b->target.frames, b->table, (ptr & ~PAGE_MASK) / 8,
			    val, keep_ad ? UPDATE_KEEP_AD : UPDATE_SET, &old);
}

static int update_machphys(struct batch *b, u64 ptr, u64 val)
{
	mfn_t m = maddr_to_mfn(maddr(ptr));

	if (!b->target.owner || !owner_get(m, b->target.frames))
		return -EINVAL;
	m2p_set(m, val);
	owner_put(frame_of(m));
	return 0;
}

static int update_one(struct batch *b, const mmu_update_t *req)
{
	u64 ptr = req->ptr & ~7ULL;

	/* Bit 2 has no meaning: entries are aligned to 8. */
	if (unlikely(req->ptr & 4))
		return -EINVAL;
	switch (req->ptr & 3) {
	case MMU_NORMAL_PT_UPDATE:
	case MMU_PT_UPDATE_NO_TRANSLATE: return update_pte(b, ptr, req->val, false);
	case MMU_PT_UPDATE_PRESERVE_AD: return update_pte(b, ptr, req->val, true);
	default: return update_machphys(b, ptr, req->val);
	}
}

static void report(const struct batch *b, const mmu_update_t *req, int r)
{
	mfn_t m = maddr_to_mfn(maddr(req->ptr));

	if (r != -EINTR)
		log_guest(LOG_INFO, "d%u: mmu_update %lx = %016lx for d%u/%u: %d (type %016lx)\n",
			  current->domain->id, req->ptr, req->val, b->target.tables->id,
			  b->target.frames, r, frame_valid(m) ? frame_of(m)->type : 0);
}

/* Work off @n requests; *@done counts those that succeeded. */
static int update_chunk(struct batch *b, const mmu_update_t *reqs, unsigned int n, u32 *done)
{
	int r = 0;

	spin_lock(&b->target.tables->mm_lock);
	for (unsigned int i = 0; i < n; i++) {
		r = update_one(b, &reqs[i]);
		if (unlikely(r < 0)) {
			report(b, &reqs[i], r);
			break;
		}
		++*done;
		if (unlikely(r)) /* the next may want the frame of the table that is left over */
			break;
	}
	/* Once the lock is free the table may become something else. */
	batch_put_table(b);
	spin_unlock(&b->target.tables->mm_lock);
	return r;
}

static int update_all(struct batch *b, u64 ureqs, u32 count, u32 *done)
{
	mmu_update_t reqs[CHUNK];
	int r = 0;

	while (!r && *done < count) {
		unsigned int n = MIN(count - *done, (u32)CHUNK);

		if (usercopy_from(reqs, gaddr(ureqs + *done * sizeof(reqs[0])), n * sizeof(reqs[0])))
			return -EFAULT;
		r = update_chunk(b, reqs, n, done);
		if (r >= 0)
			r = *done < count && preempt_needed() ? -EINTR : 0;
	}
	return r;
}

HYPERCALL(mmu_update)
{
	u32 count = a2, before = 0, done = 0;
	struct batch b = { .table = NULL };
	int r;

	if (count & COUNT_RESTARTED) {
		count &= ~COUNT_RESTARTED;
		if (a3 && !arg_get(&before, a3))
			return -EFAULT;
	}
	r = target_get(a4, &b.target);
	if (r)
		return r;
	r = update_all(&b, a1, count, &done);
	target_put(&b.target);

	before += done;
	if (a3 && !arg_put(a3, &before))
		return -EFAULT;
	if (r == -EINTR)
		return preempt_restart(a1 + done * sizeof(mmu_update_t),
				       (count - done) | COUNT_RESTARTED, a3, a4, 0);
	return r;
}
