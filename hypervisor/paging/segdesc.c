/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables in guest frames: typed FRAME_SEGDESC while a vCPU uses
 * them, so that every descriptor the processor may load has been checked.
 */
#include "frame/directmap.h"
#include "lib/string.h"
#include "paging/paging.h"
#include "paging/segment.h"
#include "x86/desc.h"

#define PER_FRAME 512 /* descriptors of 8 bytes */

/* Take each frame as descriptors; all or none. mm_lock held. */
static int segdesc_take(struct domain *d, const mfn_t *frames, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		int r = type_get_owned(frames[i], d->id, FRAME_SEGDESC);

		if (r) {
			while (i--)
				type_put_owned(frame_of(frames[i]));
			return r;
		}
	}
	return 0;
}

static void segdesc_release(const mfn_t *frames, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		type_put_owned(frame_of(frames[i]));
}

static void segdesc_load(const struct vcpu *v, bool ldt)
{
	u64 flags = insn_irq_save();

	if (ldt)
		desc_load_ldt(v->ldt_frames, v->ldt_entries);
	else
		desc_load_gdt(v->gdt_frames, DIV_ROUND_UP(v->gdt_entries, PER_FRAME));
	insn_irq_restore(flags);
}

/* Make @fresh the frames of the table of @entries that is now at @frames and @count. mm_lock held. */
static int segdesc_change(struct vcpu *v, mfn_t *frames, unsigned int *count, const mfn_t *fresh,
			  unsigned int entries)
{
	unsigned int n = DIV_ROUND_UP(entries, PER_FRAME), n_old = DIV_ROUND_UP(*count, PER_FRAME);
	mfn_t old[ARRAY_SIZE(v->ldt_frames)];
	int r = segdesc_take(v->domain, fresh, n);

	if (r)
		return r;
	memcpy(old, frames, n_old * sizeof(mfn_t));
	memcpy(frames, fresh, n * sizeof(mfn_t));
	*count = entries;
	if (v == current)
		segdesc_load(v, frames == v->ldt_frames);
	segdesc_release(old, n_old);
	return 0;
}

int paging_set_gdt(struct vcpu *v, const u64 *frames, unsigned int entries)
{
	mfn_t fresh[ARRAY_SIZE(v->gdt_frames)];

	if (entries > FIRST_RESERVED_GDT_ENTRY)
		return -EINVAL;
	for (unsigned int i = 0; i < DIV_ROUND_UP(entries, PER_FRAME); i++)
		fresh[i] = mfn(frames[i]);

	SPIN_HOLD(&v->domain->mm_lock);
	return segdesc_change(v, v->gdt_frames, &v->gdt_entries, fresh, entries);
}

/* The frames behind [@base, ...) as the kernel's tables map them now. */
static int ldt_frames_of(struct vcpu *v, u64 base, mfn_t *frames, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		pte_t *p = paging_walk(v->root, base + i * PAGE_SIZE, NULL), e = { 0 };

		if (p)
			e.v = READ_ONCE(p->v);
		if (!pte_present(e))
			return -EINVAL;
		frames[i] = pte_mfn(e);
	}
	return 0;
}

int paging_set_ldt(struct vcpu *v, u64 base, unsigned int entries)
{
	mfn_t fresh[ARRAY_SIZE(v->ldt_frames)];
	int r;

	if (entries > ARRAY_SIZE(fresh) * PER_FRAME || (entries && (base & ~PAGE_MASK)))
		return -EINVAL;
	if (!entries && !v->ldt_entries)
		return 0;

	SPIN_HOLD(&v->domain->mm_lock);
	r = ldt_frames_of(v, base, fresh, DIV_ROUND_UP(entries, PER_FRAME));
	if (!r)
		r = segdesc_change(v, v->ldt_frames, &v->ldt_entries, fresh, entries);
	if (!r)
		v->ldt_base = gaddr(base);
	return r;
}

int paging_update_descriptor(struct domain *d, maddr_t where, u64 desc)
{
	mfn_t m = maddr_to_mfn(where);
	bool table;
	struct frame *f;
	int r = 0;

	if ((where.v & 7) || !segment_ok(&desc))
		return -EINVAL;
	f = owner_get(m, d->id);
	if (!f)
		return -EINVAL;
	spin_lock(&d->mm_lock);
	table = type_of(f) == FRAME_SEGDESC && type_validated(f);
	if (!table)
		r = type_get(f, FRAME_WRITABLE);
	if (!r)
		atomic_xchg((u64 *)maddr_to_virt(where), desc);
	if (!r && !table)
		type_put(f, false);
	spin_unlock(&d->mm_lock);
	if (!r)
		dirty_mark(d, m);
	owner_put(f);
	return r;
}

void paging_drop_descriptors(struct vcpu *v)
{
	struct domain *d = v->domain;

	SPIN_HOLD(&d->mm_lock);
	segdesc_release(v->gdt_frames, DIV_ROUND_UP(v->gdt_entries, PER_FRAME));
	segdesc_release(v->ldt_frames, DIV_ROUND_UP(v->ldt_entries, PER_FRAME));
	v->gdt_entries = v->ldt_entries = 0;
}
