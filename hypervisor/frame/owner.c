/* SPDX-License-Identifier: MIT */
/*
 * Ownership and reference counts: how frames come to a domain and go.
 */
#include "frame/owner.h"
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/typeword.h"
#include "abi/error.h"
#include "smp/cpus.h"
#include "smp/tlb.h"

/* Domain ids below DOMID_FIRST_RESERVED (<xen/xen.h>). */
#define OWNER_POOLS 0x7ff0

static struct frame_pool *pools[OWNER_POOLS];

void owner_pool_init(struct frame_pool *pool, u16 domid)
{
	spin_init(&pool->lock);
	pool->domid = domid;
	if (domid < OWNER_POOLS)
		atomic_store(&pools[domid], pool);
}

void owner_pool_remove(struct frame_pool *pool)
{
	struct frame_pool *mine = pool;

	if (pool->domid < OWNER_POOLS)
		atomic_cmpxchg(&pools[pool->domid], &mine, NULL);
}

struct frame_pool *owner_pool(u16 domid)
{
	return domid < OWNER_POOLS ? atomic_load(&pools[domid]) : NULL;
}

static void list_link_tail(struct frame_pool *pool, struct frame *f)
{
	u32 m = frame_mfn(f).v;

	f->next = 0;
	f->prev = pool->tail;
	if (pool->tail)
		frame_table[pool->tail].next = m;
	else
		pool->head = m;
	pool->tail = m;
}

static void list_unlink(struct frame_pool *pool, struct frame *f)
{
	if (f->prev)
		frame_table[f->prev].next = f->next;
	else
		pool->head = f->next;
	if (f->next)
		frame_table[f->next].prev = f->prev;
	else
		pool->tail = f->prev;
	f->next = f->prev = 0;
}

static int pool_assign(struct frame_pool *pool, mfn_t first, unsigned int order, bool held)
{
	u64 n = 1ULL << order;
	u32 stamp;

	SPIN_HOLD(&pool->lock);
	if (held)
		pool->held -= MIN(pool->held, n);
	if (pool->dying)
		return -EINVAL;
	if (!held && pool->count + pool->held + n > pool->max)
		return -E2BIG;
	stamp = tlb_clock(); /* nobody maps them yet, so one is as good as each its own */
	for (u64 i = 0; i < n; i++) {
		struct frame *f = frame_of(mfn(first.v + i));

		f->type = 0;
		f->owner = pool->domid;
		f->flags = 0;
		f->stamp = stamp;
		list_link_tail(pool, f);
		/* From here on others may take references. */
		atomic_store(&f->ref, FRAME_ALLOCATED | 1);
	}
	pool->count += n;
	return 0;
}

int owner_assign(struct frame_pool *pool, mfn_t first, unsigned int order)
{
	return pool_assign(pool, first, order, false);
}

int owner_assign_held(struct frame_pool *pool, mfn_t first, unsigned int order)
{
	return pool_assign(pool, first, order, true);
}

/*
 * The owner is looked at before (the common refusal costs no write) and after
 * (only with a reference is it stable: the frame could have changed hands with
 * the same count in between).
 */
struct frame *owner_reference(mfn_t m, u16 domid)
{
	struct frame *f;
	u64 ref;

	if (unlikely(!frame_valid(m)))
		return NULL;
	f = frame_of(m);
	ref = READ_ONCE(f->ref);
	do {
		if (unlikely(!(ref & FRAME_ALLOCATED) || READ_ONCE(f->owner) != domid))
			return NULL;
	} while (unlikely(!atomic_cmpxchg(&f->ref, &ref, ref + 1)));
	if (likely(READ_ONCE(f->owner) == domid))
		return f;
	owner_put(f);
	return NULL;
}

void owner_stamp(struct frame *f)
{
	u32 now = tlb_clock(), old = READ_ONCE(f->stamp);

	while ((s32)(now - old) > 0 && !atomic_cmpxchg(&f->stamp, &old, now))
		;
}

void owner_mark_abroad(struct frame *f)
{
	if (!(READ_ONCE(f->flags) & FRAME_MAPPED_ABROAD))
		atomic_or(&f->flags, FRAME_MAPPED_ABROAD);
}

void owner_flush_stale(const struct frame *f)
{
	struct frame_pool *pool = owner_pool(f->owner);
	unsigned long mask = cpu_online_map[0];

	if (pool && !(f->flags & FRAME_MAPPED_ABROAD))
		mask = READ_ONCE(pool->dirty_cpus);
	mask = tlb_filter(mask, READ_ONCE(f->stamp));
	if (mask)
		tlb_flush_mask(mask);
}

/* Forget the owner; the frame has no reference left. */
static void frame_disown(struct frame *f)
{
	f->type = 0;
	f->flags = 0;
	f->owner = FRAME_OWNER_NONE;
}

/*
 * Out of the pool's list, and to the allocator if @give_back.  Whoever owns
 * the pool keeps it at least until `released` has been told, so that comes last.
 */
static void pool_remove_frame(struct frame_pool *pool, struct frame *f, bool give_back)
{
	void (*released)(struct frame_pool *) = NULL;

	spin_lock(&pool->lock);
	list_unlink(pool, f);
	frame_disown(f);
	if (give_back)
		alloc_free_frames(frame_mfn(f), 0);
	else
		pool->held++;
	if (--pool->count == 0 && pool->dying)
		released = pool->released;
	spin_unlock(&pool->lock);
	if (released)
		released(pool);
}

static void frame_free(struct frame *f, bool hypervisor_page)
{
	struct frame_pool *pool = owner_pool(f->owner);

	/* Its stamp stays with it, and the allocator flushes by that before it is used again. */
	if (hypervisor_page) {
		frame_disown(f);
		f->ref = 0;
		alloc_free_page(mfn_to_virt(frame_mfn(f)));
		return;
	}
	BUG_ON(!pool || typeword_count(f->type) || (f->type & TYPEWORD_PARTIAL));
	pool_remove_frame(pool, f, true);
}

void owner_put(struct frame *f)
{
	u64 ref = atomic_sub(&f->ref, 1);

	ASSERT((ref & FRAME_COUNT) != FRAME_COUNT);
	if (unlikely(!(ref & FRAME_COUNT)))
		frame_free(f, ref & FRAME_HV_PAGE);
}

bool owner_drop_allocation(struct frame *f)
{
	u64 ref = READ_ONCE(f->ref);

	do {
		if (!(ref & FRAME_ALLOCATED) || (ref & FRAME_HV_PAGE))
			return false;
	} while (!atomic_cmpxchg(&f->ref, &ref, ref & ~FRAME_ALLOCATED));
	owner_put(f);
	return true;
}

int owner_steal(struct frame_pool *pool, mfn_t m)
{
	u64 two = FRAME_ALLOCATED | 2;
	struct frame *f = owner_get(m, pool->domid);

	if (!f)
		return -EINVAL;
	/* Every use, pin and partial state holds a reference: two means none of them exists. */
	if (!atomic_cmpxchg(&f->ref, &two, 0)) {
		owner_put(f);
		return -EBUSY;
	}
	owner_flush_stale(f);
	pool_remove_frame(pool, f, false);
	return 0;
}

void owner_share(struct frame_pool *pool, void *page, bool writable)
{
	struct frame *f = frame_of(virt_to_mfn(page));

	/* The standing use keeps the frame from ever becoming something else. */
	f->type = typeword_make(writable ? FRAME_WRITABLE : FRAME_NONE, 1);
	f->owner = pool->domid;
	f->flags = FRAME_MAPPED_ABROAD;
	f->stamp = tlb_clock();
	atomic_store(&f->ref, FRAME_ALLOCATED | FRAME_HV_PAGE | 1);
	atomic_add(&pool->shared_pages, 1);
}

void owner_unshare(void *page)
{
	struct frame *f = frame_of(virt_to_mfn(page));
	struct frame_pool *pool = owner_pool(f->owner);

	if (pool)
		atomic_sub(&pool->shared_pages, 1);
	atomic_and(&f->ref, ~FRAME_ALLOCATED);
	owner_put(f);
}

struct frame *owner_next_visit(struct frame_pool *pool)
{
	struct frame *f = NULL;
	u32 head;

	SPIN_HOLD(&pool->lock);
	if (!pool->visiting) {
		pool->visiting = true;
		pool->to_visit = pool->count;
	}
	while (!f && pool->to_visit && (head = pool->head)) {
		u64 ref;

		pool->to_visit--;
		f = &frame_table[head];
		list_unlink(pool, f);
		list_link_tail(pool, f);
		ref = READ_ONCE(f->ref);
		do {
			/* At zero it is on its way out already. */
			if (!(ref & FRAME_COUNT)) {
				f = NULL;
				break;
			}
		} while (!atomic_cmpxchg(&f->ref, &ref, ref + 1));
	}
	return f;
}
