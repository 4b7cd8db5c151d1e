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

/* The validated L1 table that holds @va's entry in current's kernel tables, referenced. */
static struct frame *grant_table_of_va(struct vcpu *v, u64 va)
{
	mfn_t m;

	if (!paging_walk(v->root, va, &m) || !owner_get(m, v->domain->id))
		return NULL;
	return frame_of(m);
}

static struct frame *grant_table_of_ptr(struct vcpu *v, u64 ptr)
{
	if ((ptr & 7) || !owner_get(maddr_to_mfn(maddr(ptr)), v->domain->id))
		return NULL;
	return frame_of(maddr_to_mfn(maddr(ptr)));
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

int paging_grant_map_va(struct vcpu *v, u64 va, pte_t entry, pte_t *old)
{
	struct frame *table;
	int r = -EINVAL;

	spin_lock(&v->domain->mm_lock);
	table = grant_table_of_va(v, va);
	if (table) {
		r = grant_map(table, pte_index(va, 1), entry, old);
		owner_put(table);
	}
	spin_unlock(&v->domain->mm_lock);
	return r;
}

int paging_grant_map_ptr(struct vcpu *v, u64 ptr, pte_t entry, pte_t *old)
{
	struct frame *table;
	int r = -EINVAL;

	spin_lock(&v->domain->mm_lock);
	table = grant_table_of_ptr(v, ptr);
	if (table) {
		r = grant_map(table, (ptr & ~PAGE_MASK) / 8, entry, old);
		owner_put(table);
	}
	spin_unlock(&v->domain->mm_lock);
	return r;
}

int paging_grant_unmap_va(struct vcpu *v, u64 va, mfn_t m, bool readonly)
{
	struct frame *table;
	int r = -EINVAL;

	spin_lock(&v->domain->mm_lock);
	table = grant_table_of_va(v, va);
	if (table) {
		r = grant_unmap(table, pte_index(va, 1), m, readonly);
		owner_put(table);
	}
	spin_unlock(&v->domain->mm_lock);
	return r;
}

int paging_grant_unmap_ptr(struct vcpu *v, u64 ptr, mfn_t m, bool readonly)
{
	struct frame *table;
	int r = -EINVAL;

	spin_lock(&v->domain->mm_lock);
	table = grant_table_of_ptr(v, ptr);
	if (table) {
		r = grant_unmap(table, (ptr & ~PAGE_MASK) / 8, m, readonly);
		owner_put(table);
	}
	spin_unlock(&v->domain->mm_lock);
	return r;
}

void paging_put_entry_l1(pte_t old, struct domain *d)
{
	if (pte_present(old))
		mapping_put(d, old.v);
}
