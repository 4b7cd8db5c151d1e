/* SPDX-License-Identifier: MIT */
/*
 * Reading a guest's tables as the processor would.
 *
 * Only validated tables hang below a root, so under the mm_lock each step stays
 * in tables of the root's owner.  Without it, but with interrupts off, a table
 * may be taken out of the tree meanwhile and keeps what was in it: before its
 * frame becomes anything else, whoever ran the domain has to flush (frame/type.c
 * and frame/alloc.c), and this CPU does not answer.
 */
#include "frame/directmap.h"
#include "paging/entry.h"
#include "paging/paging.h"
#include "smp/tlb.h"

static u64 walk_read(mfn_t table, u64 va, unsigned int level)
{
	return READ_ONCE(((u64 *)mfn_to_virt(table))[pte_index(va, level)]);
}

/*
 * Step down to the table of level 1; false if an entry on the way does not lead
 * there.  *@all_set and *@any_set gather the entries' bits.
 */
static inline bool walk_to_l1(mfn_t root, u64 va, mfn_t *l1, u64 *all_set, u64 *any_set)
{
	mfn_t table = root;

	if (!va_canonical(va) || !frame_valid(root) || !root.v ||
	    entry_slot_reserved(4, pte_index(va, 4)))
		return false;
	for (unsigned int level = 4; level > 1; level--) {
		u64 e = walk_read(table, va, level);

		table = pte_mfn((pte_t){ e });
		if (!(e & PTE_PRESENT) || (e & PTE_PSE) || !frame_valid(table))
			return false;
		bound_guesses(); /* or the next step would read where any entry leads */
		*all_set &= e;
		*any_set |= e;
	}
	*l1 = table;
	return true;
}

pte_t *paging_walk(mfn_t root, u64 va, mfn_t *l1_frame)
{
	u64 all = 0, any = 0;
	mfn_t l1;

	if (!walk_to_l1(root, va, &l1, &all, &any))
		return NULL;
	if (l1_frame)
		*l1_frame = l1;
	return (pte_t *)mfn_to_virt(l1) + pte_index(va, 1);
}

/* Error-code bits of a page fault (Intel SDM volume 3, 4.7). */
#define FAULT_WRITE    2
#define FAULT_USER     4
#define FAULT_RESERVED 8
#define FAULT_FETCH    16

bool paging_spurious_fault(struct vcpu *v, u64 va, u32 error_code)
{
	u64 all = ~0UL, any = 0, flags = insn_irq_save();
	mfn_t l1;
	u64 e = 0;

	if (walk_to_l1(paging_live_root(v), va, &l1, &all, &any))
		e = walk_read(l1, va, 1);
	insn_irq_restore(flags);
	all &= e;
	any |= e;
	if ((error_code & FAULT_RESERVED) || !(all & PTE_PRESENT) ||
	    ((error_code & FAULT_WRITE) && !(all & PTE_RW)) ||
	    ((error_code & FAULT_USER) && !(all & PTE_USER)) ||
	    ((error_code & FAULT_FETCH) && (any & PTE_NX)))
		return false;
	tlb_flush_page_local(va);
	return true;
}
