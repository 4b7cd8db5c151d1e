/* SPDX-License-Identifier: MIT */
/*
 * Entries that map granted frames, for grant/: it keeps the account of frames
 * and rights, here is only the writing of the entry.
 */
#include "frame/check.h"
#include "frame/directmap.h"
#include "paging/entry.h"
#include "paging/mapping.h"
#include "paging/paging.h"
#include "paging/update.h"

/*
 * The table with the entry at machine address @at (@is_ptr) or the entry of virtual
 * address @at in current's kernel tables, and its index there; referenced.
 */
static struct frame *grant_table(struct vcpu *v, u64 at, bool is_ptr, unsigned int *index)
{
	mfn_t m = maddr_to_mfn(maddr(at));

	*index = is_ptr ? (at & ~PAGE_MASK) / 8 : pte_index(at, 1);
	if (is_ptr ? (at & 7) != 0 : !paging_walk(v->root, at, &m))
		return NULL;
	return owner_get(m, v->domain->id);
}

static int grant_map(struct frame *table, unsigned int index, pte_t entry, pte_t *old)
{
	mfn_t m = pte_mfn(entry);

	if (frame_valid(m))
		owner_mark_abroad(frame_of(m));
	return update_l1_raw(table, index, entry_fix(1, entry.v), &old->v);
}

static int grant_unmap(struct frame *table, unsigned int index, mfn_t m, bool readonly)
{
	u64 *p = (u64 *)mfn_to_virt(frame_mfn(table)) + index, e = READ_ONCE(*p);

	check_touched(table);
	if (type_of(table) != FRAME_L1 || !type_validated(table))
		return -EINVAL;
	do {
		if (!(e & PTE_PRESENT) || !mfn_eq(pte_mfn((pte_t){ e }), m) ||
		    !(e & PTE_RW) != readonly)
			return -EINVAL;
	} while (!atomic_cmpxchg(p, &e, 0));
	if (frame_valid(m))
		owner_stamp(frame_of(m));
	return 0;
}

int paging_grant_map(struct vcpu *v, u64 at, bool is_ptr, pte_t entry, pte_t *old)
{
	struct frame *table;
	unsigned int index;
	int r;

	SPIN_HOLD(&v->domain->mm_lock);
	table = grant_table(v, at, is_ptr, &index);
	if (!table)
		return -EINVAL;
	r = grant_map(table, index, entry, old);
	owner_put(table);
	return r;
}

int paging_grant_unmap(struct vcpu *v, u64 at, bool is_ptr, mfn_t m, bool readonly)
{
	struct frame *table;
	unsigned int index;
	int r;

	SPIN_HOLD(&v->domain->mm_lock);
	table = grant_table(v, at, is_ptr, &index);
	if (!table)
		return -EINVAL;
	r = grant_unmap(table, index, m, readonly);
	owner_put(table);
	return r;
}

void paging_put_entry_l1(pte_t old, struct domain *d)
{
	if (pte_present(old))
		mapping_put(d, old.v);
}
