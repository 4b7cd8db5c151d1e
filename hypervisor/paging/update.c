/* SPDX-License-Identifier: MIT */
/*
 * The one way in which an entry of a live table changes.
 *
 * Order: take what the new entry needs, install it with one locked access
 * (the processor may set accessed and dirty bits at any time), give back what
 * the old one held.  The locked access also puts the change before the read
 * of the flush clock in owner_stamp().
 */
#include "paging/update.h"
#include "frame/hostmap.h"
#include "paging/drop.h"
#include "paging/entry.h"
#include "paging/mapping.h"
#include "x86/features.h"

static inline u64 *table_entry(const struct frame *table, unsigned int index)
{
	return (u64 *)mfn_to_virt(frame_mfn(table)) + index;
}

/* *@old: in, what was seen (or expected); out, what was replaced. */
static bool entry_write(u64 *p, u64 new, enum update_mode mode, u64 *old)
{
	if (mode == UPDATE_EXACT)
		return atomic_cmpxchg(p, old, new);
	if (mode == UPDATE_SET || !(new &PTE_PRESENT)) {
		*old = atomic_xchg(p, new);
		return true;
	}
	while (!atomic_cmpxchg(p, old, new | (*old & ENTRY_AD)))
		;
	return true;
}

/* Both present and for the same frame: at most the writable use changes hands. */
static int update_l1_flags(struct domain *d, u16 owner, u64 *p, u64 new, enum update_mode mode,
			   u64 *old)
{
	struct frame *f = mapping_frame(pte_mfn((pte_t){ new }));
	u64 before = *old;

	if (!f) {
		/* Some device memory may be read only. */
		if ((new & ~before &PTE_RW) && mapping_get_mmio(d, owner, &new))
			return -EINVAL;
		return entry_write(p, new, mode, old) ? 0 : -EAGAIN;
	}
	new &= ~ENTRY_CACHE;
	if (new & ~before & PTE_RW) {
		/* A mapping that was granted read-only must not grow through here. */
		if (f->owner != owner || type_get(f, FRAME_WRITABLE))
			return -EINVAL;
		if (entry_write(p, new, mode, old))
			return 0;
		type_put(f, false);
		return -EAGAIN;
	}
	if (!entry_write(p, new, mode, old))
		return -EAGAIN;
	if (before & ~new &PTE_RW)
		type_put(f, false);
	return 0;
}

static int update_l1(struct domain *d, u16 owner, u64 *p, u64 new, enum update_mode mode, u64 *old)
{
	if (new &PTE_PRESENT) {
		if (unlikely(!entry_ok(1, new, cpu_features.phys_bits)))
			return -EINVAL;
		new = entry_fix(1, new);
		if ((*old & PTE_PRESENT) && !((*old ^ new) & PTE_ADDR))
			return update_l1_flags(d, owner, p, new, mode, old);
		if (mapping_get(d, owner, &new))
			return -EINVAL;
	}
	if (unlikely(!entry_write(p, new, mode, old))) {
		if (new &PTE_PRESENT)
			mapping_put(d, new);
		return -EAGAIN;
	}
	if (*old & PTE_PRESENT)
		mapping_put(d, *old);
	return 0;
}

static int update_upper(struct domain *d, unsigned int level, u64 *p, u64 new,
			enum update_mode mode, u64 *old)
{
	bool same = *old & new &PTE_PRESENT && !((*old ^ new) & PTE_ADDR);

	if (new &PTE_PRESENT) {
		int r;

		if (!entry_ok(level, new, cpu_features.phys_bits))
			return -EINVAL;
		new = entry_fix(level, new);
		r = same ? 0 : mapping_get_child(d, level, new);
		if (r)
			return r;
	}
	if (!entry_write(p, new, mode, old)) {
		if ((new &PTE_PRESENT) && !same)
			drop_child(new);
		return -EAGAIN;
	}
	if ((*old & PTE_PRESENT) && !same)
		drop_child(*old);
	return 0;
}

int update_entry(struct domain *d, u16 owner, struct frame *table, unsigned int index, u64 new,
		 enum update_mode mode, u64 *old)
{
	enum frame_type type = type_of(table);
	u64 *p = table_entry(table, index), seen = READ_ONCE(*p);

	if (mode == UPDATE_EXACT && seen != *old)
		return -EAGAIN;
	*old = seen;
	if (likely(type == FRAME_L1))
		return update_l1(d, owner, p, new, mode, old);
	if (owner != d->id || entry_slot_reserved(type - FRAME_L1 + 1, index))
		return -EINVAL;
	return update_upper(d, type - FRAME_L1 + 1, p, new, mode, old);
}

int update_l1_raw(struct frame *table, unsigned int index, u64 new, u64 *old)
{
	if (type_of(table) != FRAME_L1 || !type_validated(table))
		return -EINVAL;
	*old = atomic_xchg(table_entry(table, index), new);
	return 0;
}
