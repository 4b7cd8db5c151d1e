/* SPDX-License-Identifier: MIT */
/*
 * The buddy allocator of machine frames.
 *
 * A zone is the set of frames whose numbers have the same highest bit, so a
 * request for frames below 2^n looks only into zones that lie wholly below,
 * and an unrestricted one takes the highest first.  A free block is described
 * by its first frame: `buddy` holds its order, next and prev the list.
 *
 * Blocks are clean (zero, in no TLB) or dirty, and merge with their like only.
 * CPUs with nothing else to do make dirty blocks clean, so that whoever wants
 * zeroed memory mostly finds it and a new guest need not wait for its pages.
 */
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/frame.h"
#include "lib/string.h"
#include "smp/cpus.h"
#include "smp/softirq.h"
#include "smp/tlb.h"
#include "x86/insn.h"
#include "x86/spinlock.h"

#define ZONES  33 /* frame numbers are 32 bits wide: 16 TiB */
#define ORDERS 19 /* up to 1 GiB */

#define SCRUB_ORDER 9 /* taken at once by a CPU that cleans */

/* Bit of `buddy`: the block is dirty. An allocated neighbour's flags never look like it. */
#define BUDDY_DIRTY 0x2000

struct blocks {
	u32 nonempty;	  /* bit per order */
	u32 head[ORDERS]; /* mfn of the first block, 0: none */
};

static struct zone {
	struct blocks clean, dirty;
} zones[ZONES];

static struct spinlock lock = SPINLOCK_INIT;
static unsigned int scrubbing; /* CPUs that hold a block to clean it; under lock */
static unsigned int starved;   /* who wants those blocks back, or no cleaning now; atomic */
static u64 free_frames, dirty_frames, total_frames;
static mfn_t max_mfn;

void alloc_init(u64 frames, mfn_t highest)
{
	total_frames = frames;
	max_mfn = highest;
}

u64 alloc_free_count(void)
{
	return READ_ONCE(free_frames);
}

u64 alloc_total_count(void)
{
	return total_frames;
}

mfn_t alloc_max_mfn(void)
{
	return max_mfn;
}

static unsigned int zone_of(u64 m)
{
	return m ? 64 - __builtin_clzl(m) : 0;
}

static struct blocks *blocks_of(u64 m, bool dirty)
{
	struct zone *z = &zones[zone_of(m)];

	return dirty ? &z->dirty : &z->clean;
}

static u16 buddy_word(unsigned int order, bool dirty)
{
	return (u16)((order + 1) | (dirty ? BUDDY_DIRTY : 0));
}

static void block_insert(u64 m, unsigned int order, bool dirty)
{
	struct blocks *b = blocks_of(m, dirty);
	struct frame *f = frame_of(mfn(m));

	dirty_frames += dirty ? 1UL << order : 0;
	f->buddy = buddy_word(order, dirty);
	f->prev = 0;
	f->next = b->head[order];
	if (f->next)
		frame_of(mfn(f->next))->prev = m;
	b->head[order] = m;
	b->nonempty |= 1U << order;
}

static void block_remove(u64 m, unsigned int order)
{
	struct frame *f = frame_of(mfn(m));
	bool dirty = f->buddy & BUDDY_DIRTY;
	struct blocks *b = blocks_of(m, dirty);

	dirty_frames -= dirty ? 1UL << order : 0;
	if (f->prev)
		frame_of(mfn(f->prev))->next = f->next;
	else
		b->head[order] = f->next;
	if (f->next)
		frame_of(mfn(f->next))->prev = f->prev;
	if (!b->head[order])
		b->nonempty &= ~(1U << order);
	f->buddy = 0;
	f->next = f->prev = 0;
}

/* Put the block back, merged with its free buddies of the same kind. */
static void block_free(u64 m, unsigned int order, bool dirty)
{
	while (order + 1 < ORDERS) {
		u64 other = m ^ (1UL << order);

		if (!other || !frame_valid(mfn(other)) || zone_of(other) != zone_of(m) ||
		    frame_of(mfn(other))->buddy != buddy_word(order, dirty))
			break;
		block_remove(other, order);
		m &= ~(1UL << order);
		order++;
	}
	block_insert(m, order, dirty);
}

/* A block of the zone @z of at least @order, cut to size; 0 if there is none. */
static u64 block_take(struct zone *z, unsigned int order, bool dirty)
{
	struct blocks *b = dirty ? &z->dirty : &z->clean;
	u32 fit = b->nonempty & (~0U << order);
	unsigned int have;
	u64 m;

	if (!fit)
		return 0;
	have = __builtin_ctz(fit);
	m = b->head[have];
	block_remove(m, have);
	while (have > order) {
		have--;
		block_insert(m + (1UL << have), have, dirty);
	}
	return m;
}

/* From the highest zone that has a block; there, one of the kind @dirty if it can be. */
static u64 search(unsigned int order, unsigned int top, bool *dirty)
{
	u64 m = 0;
	bool wanted = *dirty;

	SPIN_HOLD_IRQ(&lock);
	for (unsigned int z = top; z > order && !m; z--) {
		m = block_take(&zones[z], order, wanted);
		*dirty = wanted;
		if (m)
			break;
		m = block_take(&zones[z], order, !wanted);
		*dirty = !wanted;
	}
	if (m)
		free_frames -= 1UL << order;
	return m;
}

static u64 take(unsigned int order, unsigned int bits, bool *dirty)
{
	unsigned int top = bits && bits < PAGE_SHIFT + ZONES ? bits - PAGE_SHIFT : ZONES - 1;
	bool wanted = *dirty;
	u64 m;

	if (bits && bits <= PAGE_SHIFT)
		return 0;
	m = search(order, top, dirty);
	if (likely(m) || !READ_ONCE(scrubbing))
		return m;
	/* What is being cleaned is missing, but not for long. */
	atomic_add(&starved, 1);
	while (READ_ONCE(scrubbing))
		insn_pause();
	*dirty = wanted;
	m = search(order, top, dirty);
	atomic_sub(&starved, 1);
	return m;
}

/* The former owner's translations of any frame of the block must be gone. */
static void flush_stale(u64 m, unsigned int order)
{
	unsigned long mask = 0, online = cpu_online_map[0];

	for (u64 i = 0; i < 1UL << order; i++) {
		struct frame *f = frame_of(mfn(m + i));

		if (f->stamp)
			mask |= tlb_filter(online, f->stamp);
		f->stamp = 0;
	}
	if (mask)
		tlb_flush_mask(mask);
}

mfn_t alloc_frames_unclean(unsigned int order, unsigned int bits, bool *dirty)
{
	u64 m = order < ORDERS ? take(order, bits, dirty) : 0;

	if (!m)
		return INVALID_MFN;
	flush_stale(m, order);
	return mfn(m);
}

mfn_t alloc_frames(unsigned int order, unsigned int bits, bool zero)
{
	bool dirty = !zero;
	mfn_t m = alloc_frames_unclean(order, bits, &dirty);

	if (zero && dirty && !mfn_eq(m, INVALID_MFN))
		memset(mfn_to_virt(m), 0, PAGE_SIZE << order);
	return m;
}

void alloc_free_frames(mfn_t first, unsigned int order)
{
	for (u64 i = 0; i < 1UL << order; i++) {
		struct frame *f = frame_of(mfn(first.v + i));

		BUG_ON(f->ref || f->buddy);
		f->type = 0;
		f->owner = FRAME_OWNER_NONE;
		f->next = f->prev = 0;
	}
	SPIN_HOLD_IRQ(&lock);
	free_frames += 1UL << order;
	block_free(first.v, order, true);
}

/* Put back what a CPU took to clean it: [m, m + done) is, the rest not. Lock held. */
static void scrubbed(u64 m, u64 done, unsigned int order)
{
	u64 end = m + (1UL << order), from = m + done;

	while (m < end) {
		u64 stop = m < from ? from : end;
		unsigned int o = MIN((unsigned int)__builtin_ctzl(m), order);

		while (m + (1UL << o) > stop)
			o--;
		block_free(m, o, m >= from);
		m += 1UL << o;
	}
}

/* A dirty block, the larger the better; 0: none, or somebody waits for memory. Lock held. */
static u64 scrub_take(unsigned int *order)
{
	for (unsigned int z = ZONES; z-- && !READ_ONCE(starved);) {
		u32 have = zones[z].dirty.nonempty;

		if (!have)
			continue;
		*order = MIN(31U - (unsigned int)__builtin_clz(have), SCRUB_ORDER + 0U);
		return block_take(&zones[z], *order, true);
	}
	return 0;
}

void alloc_scrub_hold(void)
{
	atomic_add(&starved, 1);
}

void alloc_scrub_resume(void)
{
	atomic_sub(&starved, 1);
}

bool alloc_scrub(void)
{
	unsigned int order = 0;
	u64 flags, m, done = 0;

	if (!READ_ONCE(dirty_frames) || READ_ONCE(starved))
		return false;
	flags = spin_lock_irqsave(&lock);
	m = scrub_take(&order);
	scrubbing += !!m;
	spin_unlock_irqrestore(&lock, flags);
	if (!m)
		return false;
	flush_stale(m, order);
	for (; done < 1UL << order && !softirq_pending() && !READ_ONCE(starved); done++)
		memset(mfn_to_virt(mfn(m + done)), 0, PAGE_SIZE);
	flags = spin_lock_irqsave(&lock);
	scrubbed(m, done, order);
	scrubbing--;
	spin_unlock_irqrestore(&lock, flags);
	return true;
}

void alloc_add_range(u64 start, u64 end)
{
	u64 m = MAX(DIV_ROUND_UP(start, PAGE_SIZE), 1UL), last = end >> PAGE_SHIFT;

	while (m < last) {
		unsigned int order = MIN((unsigned int)__builtin_ctzl(m), ORDERS - 1U);

		while (m + (1UL << order) > last)
			order--;
		alloc_free_frames(mfn(m), order);
		m += 1UL << order;
	}
}

void *alloc_page(void)
{
	mfn_t m = alloc_frames(0, 0, true);

	return mfn_eq(m, INVALID_MFN) ? NULL : mfn_to_virt(m);
}

void alloc_free_page(void *page)
{
	if (page)
		alloc_free_frames(virt_to_mfn(page), 0);
}
