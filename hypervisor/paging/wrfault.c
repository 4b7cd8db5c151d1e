/* SPDX-License-Identifier: MIT */
/*
 * Guest kernels write page-table entries with plain instructions where they
 * have no hook for a hypercall; the tables are mapped read-only, so that is a
 * write fault.  Carry out the instruction as a checked update.
 *
 * The instruction is read through the guest's own mapping and may change under
 * us: it is decoded from one copy, and whatever it decodes to is no more than
 * an update that the guest could have asked for.
 */
#include "frame/check.h"
#include "frame/directmap.h"
#include "paging/decode_write.h"
#include "paging/paging.h"
#include "paging/update.h"
#include "x86/insn_bytes.h"
#include "x86/usercopy.h"

/* The table that @va maps read-only, referenced, or NULL if it is none of @d's. mm_lock held. */
static struct frame *wrfault_table(struct vcpu *v, u64 va)
{
	pte_t *p = paging_walk(v->root, va, NULL);
	pte_t e = { 0 };
	struct frame *f;

	if (p)
		e.v = READ_ONCE(p->v);
	if (!pte_present(e) || (e.v & PTE_RW))
		return NULL;
	f = owner_get(pte_mfn(e), v->domain->id);
	if (!f)
		return NULL;
	if (type_of(f) >= FRAME_L1 && type_of(f) <= FRAME_L4 && type_validated(f))
		return f;
	owner_put(f);
	return NULL;
}

static int wrfault_apply(struct vcpu *v, struct frame *table, u64 va, const struct write_insn *insn,
			 struct regs *regs)
{
	unsigned int index = (va & ~PAGE_MASK) / sizeof(u64), shift = (va & 7) * 8;
	u64 mask = (insn->size == 8 ? ~0ULL : (1ULL << (insn->size * 8)) - 1) << shift;
	u64 *p = (u64 *)mfn_to_virt(frame_mfn(table)) + index;
	struct regs after;
	int r;

	do {
		u64 old = READ_ONCE(*p), want;

		after = *regs;
		want = write_execute(insn, (old & mask) >> shift, &after);
		want = (old & ~mask) | ((want << shift) & mask);
		r = update_entry(v->domain, v->domain->id, table, index, want, UPDATE_EXACT, &old);
	} while (r == -EAGAIN);
	if (r >= 0) {
		*regs = after;
		regs->rip += insn->length;
		regs->rflags &= ~RFLAGS_RF;
	}
	return r;
}

bool paging_write_fault(struct vcpu *v, struct regs *regs, u64 va)
{
	struct domain *d = v->domain;
	struct write_insn insn;
	struct frame *table;
	u8 code[INSN_BYTES_MAX];
	size_t left;
	int r;

	if (!v->in_kernel)
		return false;
	left = usercopy_from(code, gaddr(regs->rip), sizeof(code));
	if (!write_decode(code, sizeof(code) - left, &insn) || (va & 7) + insn.size > 8)
		return false;

	spin_lock(&d->mm_lock);
	table = wrfault_table(v, va);
	r = table ? wrfault_apply(v, table, va, &insn, regs) : -EINVAL;
	spin_unlock(&d->mm_lock);
	if (table)
		owner_put(table);
	check_batch();
	return r >= 0 || r == -EINTR;
}
