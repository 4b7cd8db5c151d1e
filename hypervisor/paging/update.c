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
#include "frame/check.h"
#include "frame/directmap.h"
#include "frame/xpti.h"
#include "paging/drop.h"
#include "paging/entry.h"
#include "paging/mapping.h"
#include "x86/features.h"

static inline u64 *table_entry(const struct frame *table, unsigned int index)
{
	return (u64 *)mfn_to_virt(frame_mfn(table)) + index;
}

/* *@old: in, what was seen (or expected); out, what was replaced. */
static inline __attribute__((always_inline)) bool entry_write(u64 *p, u64 want,
							      enum update_mode mode, u64 *old)
{
	if (mode == UPDATE_EXACT)
		return atomic_cmpxchg(p, old, want);
	if (mode == UPDATE_SET || !(want & PTE_PRESENT)) {
		*old = atomic_xchg(p, want);
		return true;
	}
	while (!atomic_cmpxchg(p, old, want | (*old & ENTRY_AD)))
		;
	return true;
}

/* Both present and for the same frame: at most the writable use changes hands. */
static int update_l1_flags(struct domain *d, u16 owner, u64 *p, u64 want, enum update_mode mode,
			   u64 *old)
{
	struct frame *f = mapping_frame(pte_mfn((pte_t){ want }));
	u64 before = *old;

	if (!f) {
		/* Some device memory may be read only. */
		if ((want & ~before & PTE_RW) && mapping_get_mmio(d, owner, &want))
			return -EINVAL;
		return entry_write(p, want, mode, old) ? 0 : -EAGAIN;
	}
	want &= ~ENTRY_CACHE;
	if (want & ~before & PTE_RW) {
		/* A mapping that was granted read-only must not grow through here. */
		if (f->owner != owner || type_get(f, FRAME_WRITABLE))
			return -EINVAL;
		if (entry_write(p, want, mode, old))
			return 0;
		type_put(f, false);
		return -EAGAIN;
	}
	if (!entry_write(p, want, mode, old))
		return -EAGAIN;
	if (before & ~want & PTE_RW)
		type_put(f, false);
	return 0;
}

static int update_l1(struct domain *d, u16 owner, u64 *p, u64 want, enum update_mode mode, u64 *old)
{
	if (want & PTE_PRESENT) {
		if (unlikely(!entry_ok(1, want, cpu_features.pte_reserved)))
			return -EINVAL;
		want = entry_fix(1, want);
		if ((*old & PTE_PRESENT) && !((*old ^ want) & PTE_ADDR))
			return update_l1_flags(d, owner, p, want, mode, old);
		if (mapping_get(d, owner, &want))
			return -EINVAL;
	}
	if (unlikely(!entry_write(p, want, mode, old))) {
		if (want & PTE_PRESENT)
			mapping_put(d, want);
		return -EAGAIN;
	}
	if (*old & PTE_PRESENT)
		mapping_put(d, *old);
	return 0;
}

static int update_upper(struct domain *d, unsigned int level, u64 *p, u64 want,
			enum update_mode mode, u64 *old)
{
	bool same = *old & want & PTE_PRESENT && !((*old ^ want) & PTE_ADDR);

	if (want & PTE_PRESENT) {
		int r;

		if (!entry_ok(level, want, cpu_features.pte_reserved))
			return -EINVAL;
		want = entry_fix(level, want);
		r = same ? 0 : mapping_get_child(d, level, want);
		if (r)
			return r;
	}
	if (!entry_write(p, want, mode, old)) {
		if ((want & PTE_PRESENT) && !same)
			(void)drop_child(want);
		return -EAGAIN;
	}
	if (level == 4)
		xpti_root_changed(&d->pool);
	if ((*old & PTE_PRESENT) && !same)
		return drop_child(*old);
	return 0;
}

int update_entry(struct domain *d, u16 owner, struct frame *table, unsigned int index, u64 want,
		 enum update_mode mode, u64 *old)
{
	enum frame_type type = type_of(table);
	u64 *p = table_entry(table, index), seen = READ_ONCE(*p);

	check_touched(table);
	if (mode == UPDATE_EXACT && seen != *old)
		return -EAGAIN;
	*old = seen;
	if (!(want & PTE_PRESENT) && unlikely(mapping_leaks(want)))
		return -EINVAL;
	if (likely(type == FRAME_L1))
		return update_l1(d, owner, p, want, mode, old);
	if (owner != d->id || entry_slot_reserved(type - FRAME_L1 + 1, index))
		return -EINVAL;
	return update_upper(d, type - FRAME_L1 + 1, p, want, mode, old);
}

int update_l1_raw(struct frame *table, unsigned int index, u64 want, u64 *old)
{
	if (type_of(table) != FRAME_L1 || !type_validated(table))
		return -EINVAL;
	check_touched(table);
	*old = atomic_xchg(table_entry(table, index), want);
	return 0;
}
