/* SPDX-License-Identifier: MIT */
/*
 * The buddy allocator of machine frames.
 *
 * A zone is the set of frames whose numbers have the same highest bit, so a
 * request for frames below 2^n looks only into zones that lie wholly below,
 * and an unrestricted one takes the highest first.  A free block is described
 * by its first frame: `buddy` holds its order, next and prev the list.
 */
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/frame.h"
#include "lib/string.h"
#include "smp/cpus.h"
#include "smp/tlb.h"
#include "x86/spinlock.h"

#define ZONES  33 /* frame numbers are 32 bits wide: 16 TiB */
#define ORDERS 19 /* up to 1 GiB */

static struct zone {
	u32 nonempty;	  /* bit per order */
	u32 head[ORDERS]; /* mfn of the first block, 0: none */
} zones[ZONES];

static struct spinlock lock = SPINLOCK_INIT;
static u64 free_frames, total_frames;
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

static void block_insert(u64 m, unsigned int order)
{
	struct zone *z = &zones[zone_of(m)];
	struct frame *f = frame_of(mfn(m));

	f->buddy = order + 1;
	f->prev = 0;
	f->next = z->head[order];
	if (f->next)
		frame_of(mfn(f->next))->prev = m;
	z->head[order] = m;
	z->nonempty |= 1U << order;
}

static void block_remove(u64 m, unsigned int order)
{
	struct zone *z = &zones[zone_of(m)];
	struct frame *f = frame_of(mfn(m));

	if (f->prev)
		frame_of(mfn(f->prev))->next = f->next;
	else
		z->head[order] = f->next;
	if (f->next)
		frame_of(mfn(f->next))->prev = f->prev;
	if (!z->head[order])
		z->nonempty &= ~(1U << order);
	f->buddy = 0;
	f->next = f->prev = 0;
}

/* Put the block back, merged with its free buddies. */
static void block_free(u64 m, unsigned int order)
{
	free_frames += 1UL << order;
	while (order + 1 < ORDERS) {
		u64 other = m ^ (1UL << order);

		if (!other || !frame_valid(mfn(other)) || zone_of(other) != zone_of(m) ||
		    frame_of(mfn(other))->buddy != order + 1)
			break;
		block_remove(other, order);
		m &= ~(1UL << order);
		order++;
	}
	block_insert(m, order);
}

/* A block from @z of at least @order, cut to size; 0 if there is none. */
static u64 block_take(struct zone *z, unsigned int order)
{
	u32 fit = z->nonempty & (~0U << order);
	unsigned int have;
	u64 m;

	if (!fit)
		return 0;
	have = __builtin_ctz(fit);
	m = z->head[have];
	block_remove(m, have);
	while (have > order) {
		have--;
		block_insert(m + (1UL << have), have);
	}
	free_frames -= 1UL << order;
	return m;
}

static u64 take(unsigned int order, unsigned int bits)
{
	unsigned int top = bits && bits < PAGE_SHIFT + ZONES ? bits - PAGE_SHIFT : ZONES - 1;
	u64 m = 0, flags;

	if (bits && bits <= PAGE_SHIFT)
		return 0;
	flags = spin_lock_irqsave(&lock);
	for (unsigned int z = top; z > order && !m; z--)
		m = block_take(&zones[z], order);
	spin_unlock_irqrestore(&lock, flags);
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

mfn_t alloc_frames(unsigned int order, unsigned int bits, bool zero)
{
	u64 m;

	if (order >= ORDERS)
		return INVALID_MFN;
	m = take(order, bits);
	if (!m)
		return INVALID_MFN;
	flush_stale(m, order);
	if (zero)
		memset(mfn_to_virt(mfn(m)), 0, PAGE_SIZE << order);
	return mfn(m);
}

void alloc_free_frames(mfn_t first, unsigned int order)
{
	u64 flags;

	for (u64 i = 0; i < 1UL << order; i++) {
		struct frame *f = frame_of(mfn(first.v + i));

		BUG_ON(f->ref || f->buddy);
		f->type = 0;
		f->owner = FRAME_OWNER_NONE;
		f->next = f->prev = 0;
	}
	flags = spin_lock_irqsave(&lock);
	block_free(first.v, order);
	spin_unlock_irqrestore(&lock, flags);
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
