/* SPDX-License-Identifier: MIT */
/*
 * Everything: each table of each domain, and every use that stands.
 *
 * What the counts of a frame must be at least, is the sum of what was found.
 * On a machine of one processor nobody is in the middle of anything, and it
 * must be exactly that.  With more, only what changes under the mm_locks is
 * counted: entries and pins.
 */
#include "checker.h"

#include "console/log.h"
#include "evtchn/fifo.h"
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "frame/hostmap.h"
#include "grant/table.h"
#include "lib/string.h"
#include "smp/cpus.h"
#include "x86/pte.h"

struct sum {
	u32 refs, uses;
};

static struct sum *sums;
static struct spinlock recount_lock = SPINLOCK_INIT;

static unsigned int sums_order(void)
{
	unsigned int order = 0;

	while ((PAGE_SIZE << order) < frame_table_size * sizeof(struct sum))
		order++;
	return order;
}

/* One reference to @m, and @uses of its type. */
static void hold(mfn_t m, unsigned int uses)
{
	if (!frame_valid(m))
		return;
	sums[m.v].refs++;
	sums[m.v].uses += uses;
}

static void count_entries(const struct frame *f)
{
	const u64 *entries = mfn_to_virt(frame_mfn(f));
	enum frame_type kind = typeword_kind(f->type);
	unsigned int n = checker_held(f);

	for (unsigned int i = 0; i < n; i++) {
		u64 e = READ_ONCE(entries[i]);
		mfn_t m = pte_mfn((pte_t){ e });

		if (!(e & PTE_PRESENT) ||
		    (kind == FRAME_L4 && i >= HV_SLOT_FIRST && i <= HV_SLOT_LAST))
			continue;
		if (kind != FRAME_L1)
			hold(m, 1);
		else if (hostmap_is_ram(m))
			hold(m, e & PTE_RW ? 1 : 0);
	}
}

/* Whether the frame is a table whose entries hold something. */
static bool live_table(const struct frame *f)
{
	return (f->ref & FRAME_COUNT) && checker_is_table(typeword_kind(f->type)) &&
	       (f->type & (TYPEWORD_VALID | TYPEWORD_PARTIAL));
}

static void count_vcpu(const struct vcpu *v)
{
	const struct fifo_vcpu *fv = v->evtchn_fifo;

	if (!mfn_eq(v->root, INVALID_MFN) && v->root.v)
		hold(v->root, 1);
	if (!mfn_eq(v->root_user, INVALID_MFN) && v->root_user.v)
		hold(v->root_user, 1);
	if (v->dropping)
		hold(frame_mfn(v->dropping), 1);
	for (unsigned int i = 0; i < DIV_ROUND_UP(v->gdt_entries, 512); i++)
		hold(v->gdt_frames[i], 1);
	for (unsigned int i = 0; i < DIV_ROUND_UP(v->ldt_entries, 512); i++)
		hold(v->ldt_frames[i], 1);
	if (!mfn_eq(v->info_mfn, INVALID_MFN))
		hold(v->info_mfn, 1);
	if (fv && fv->control)
		hold(fv->mfn, 1);
}

static void count_grants(const struct maptrack *mt)
{
	for (u64 i = 0; i < mt->nr_pages * MAPTRACK_PER_PAGE; i++) {
		const struct maptrack_entry *e =
			&mt->pages[i / MAPTRACK_PER_PAGE][i % MAPTRACK_PER_PAGE];

		/* A host mapping is an entry of a table and was counted there. */
		if (e->flags & GNTMAP_device_map)
			hold(mfn(e->frame), e->flags & GNTMAP_readonly ? 0 : 1);
	}
}

static void count_domain(struct domain *d)
{
	struct vcpu *v;
	unsigned int i;

	for_each_vcpu (d, v, i)
		count_vcpu(v);
	if (d->grant)
		count_grants(&d->grant->maptrack);
	if (d->evtchn && d->evtchn->fifo)
		for (i = 0; i < d->evtchn->fifo->nr_pages; i++)
			hold(virt_to_mfn(d->evtchn->fifo->page[i]), 1);
	if (d->relinquishing)
		hold(frame_mfn(d->relinquishing), 0);
}

static void count_frames(void)
{
	for (u64 m = 0; m < frame_table_size; m++) {
		struct frame *f = frame_of(mfn(m));
		struct domain *d;

		if (f->owner == FRAME_OWNER_NONE || f->owner == FRAME_OWNER_XEN)
			continue;
		if (f->ref & FRAME_ALLOCATED)
			hold(mfn(m), f->ref & FRAME_HV_PAGE ? 1 : 0);
		if (f->type & TYPEWORD_PINNED)
			hold(mfn(m), 1);
		/* Such a state has a reference, but no use: that belongs to who began it. */
		if (f->type & TYPEWORD_PARTIAL)
			hold(mfn(m), 0);
		if (!live_table(f))
			continue;
		count_entries(f);
		d = domain_get(f->owner);
		if (!d)
			continue;
		checker_table(d, f);
		domain_put(d);
	}
}

static void compare(mfn_t m, const struct frame *f, bool exact)
{
	u64 refs = f->ref & FRAME_COUNT, uses = typeword_count(f->type);
	const struct sum *s = &sums[m.v];

	if (f->owner == FRAME_OWNER_NONE || f->owner == FRAME_OWNER_XEN) {
		if (s->uses)
			complain("frame %lx of nobody has %u uses\n", m.v, s->uses);
		return;
	}
	if (refs < s->refs || uses < s->uses)
		complain("frame %lx of d%u: ref %016lx type %016lx, but %u references, %u uses "
			 "found\n",
			 m.v, f->owner, f->ref, f->type, s->refs, s->uses);
	if (!exact || (refs == s->refs && uses == s->uses))
		return;
	complain("frame %lx of d%u: ref %016lx type %016lx, only %u references, %u uses found\n",
		 m.v, f->owner, f->ref, f->type, s->refs, s->uses);
}

/* All mm_locks, by id: nothing else takes two. */
static void each_domain(void (*fn)(struct domain *d))
{
	struct domain *d;
	u16 id = 0;

	while ((d = domain_next(id))) {
		id = d->id + 1;
		fn(d);
		domain_put(d);
	}
}

static void lock_one(struct domain *d)
{
	spin_lock(&d->mm_lock);
}

static void unlock_one(struct domain *d)
{
	spin_unlock(&d->mm_lock);
}

void checker_recount(void)
{
	bool exact = !(cpu_online_map[0] & (cpu_online_map[0] - 1));

	/* Who finds it busy has been seen by the other, or will be at the next round. */
	if (!spin_trylock(&recount_lock))
		return;
	if (!sums)
		sums = mfn_to_virt(alloc_frames(sums_order(), 0, false));
	each_domain(lock_one);
	memset(sums, 0, frame_table_size * sizeof(struct sum));
	count_frames();
	if (exact)
		each_domain(count_domain);
	for (u64 m = 0; m < frame_table_size; m++)
		compare(mfn(m), frame_of(mfn(m)), exact);
	each_domain(unlock_one);
	spin_unlock(&recount_lock);
}
