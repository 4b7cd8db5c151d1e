/* SPDX-License-Identifier: MIT */
/*
 * Small objects: pages of equal pieces, one list of pages with room for each
 * size.  A page starts with its header, so no object is page-aligned, which
 * is how alloc_free_bytes() tells one from a run of whole frames.
 */
#include "frame/alloc.h"
#include "frame/frame.h"
#include "frame/directmap.h"
#include "lib/list.h"
#include "lib/string.h"
#include "x86/spinlock.h"

struct slab {
	struct list link; /* in partial[cls] while it has room */
	void *free;	  /* first free piece; each holds the next */
	u16 cls, used;
	u32 spare;
} __aligned(16);

/* Sizes that divide the page well, all multiples of 16. */
static const u16 sizes[] = { 16,  32,  48,  64,	 96,   128,  192,  256, 320,
			     400, 496, 672, 800, 1008, 1344, 2016, 4048 };
#define CLASSES ARRAY_SIZE(sizes)

static struct list partial[CLASSES];
static struct spinlock lock = SPINLOCK_INIT;

_Static_assert(sizeof(struct slab) + 4048 <= PAGE_SIZE, "the largest piece fits beside the header");

/* A page of pieces in no list, or NULL. */
static struct slab *slab_create(unsigned int cls)
{
	struct slab *s = alloc_page();
	char *p;

	if (!s)
		return NULL;
	s->cls = cls;
	for (p = (char *)(s + 1); p + sizes[cls] <= (char *)s + PAGE_SIZE; p += sizes[cls]) {
		*(void **)p = s->free;
		s->free = p;
	}
	return s;
}

static void *alloc_whole(size_t size)
{
	unsigned int order = 0;
	mfn_t m;

	while ((PAGE_SIZE << order) < size)
		order++;
	m = alloc_frames(order, 0, true);
	if (mfn_eq(m, INVALID_MFN))
		return NULL;
	/* Nobody lists this frame, so the field can say how to free it. */
	frame_of(m)->next = order;
	return mfn_to_virt(m);
}

void *alloc_bytes(size_t size)
{
	unsigned int cls = 0;
	struct slab *s;
	void *p;
	u64 flags;

	if (size > sizes[CLASSES - 1])
		return alloc_whole(size);
	while (sizes[cls] < size)
		cls++;
	flags = spin_lock_irqsave(&lock);
	if (!partial[cls].next)
		list_init(&partial[cls]);
	if (list_empty(&partial[cls])) {
		/* Not under the lock: getting a page may wait for other CPUs. */
		spin_unlock_irqrestore(&lock, flags);
		s = slab_create(cls);
		if (!s)
			return NULL;
		flags = spin_lock_irqsave(&lock);
		list_add(&s->link, &partial[cls]);
	}
	s = list_first(&partial[cls], struct slab, link);
	p = s->free;
	s->free = *(void **)p;
	s->used++;
	if (!s->free)
		list_del(&s->link);
	spin_unlock_irqrestore(&lock, flags);
	memset(p, 0, sizes[cls]);
	return p;
}

void alloc_free_bytes(void *p)
{
	struct slab *s = (void *)((u64)p & PAGE_MASK), *empty = NULL;
	u64 flags;

	if (!p)
		return;
	if ((void *)s == p) {
		mfn_t m = virt_to_mfn(p);

		alloc_free_frames(m, frame_of(m)->next);
		return;
	}
	flags = spin_lock_irqsave(&lock);
	if (!s->free)
		list_add(&s->link, &partial[s->cls]);
	*(void **)p = s->free;
	s->free = p;
	if (!--s->used) {
		list_del(&s->link);
		empty = s;
	}
	spin_unlock_irqrestore(&lock, flags);
	alloc_free_page(empty);
}
