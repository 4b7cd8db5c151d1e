/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest may have a local descriptor table of checked descriptors.
 * Attack: a table that is too long, unaligned, writable, out of the guest's space, or has a gate.
 * Defence: refused, or not loaded: the selector faults.
 * Proves: mmuext_op.MMUEXT_SET_LDT ok refused
 */
#include "guest.h"

#define DATA_DPL3 0x00cff3000000ffffULL
#define CALL_GATE 0xffffec000008ffffULL

static long set_ldt(u64 base, unsigned int entries)
{
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT };

	op.arg1.linear_addr = base;
	op.arg2.nr_ents = entries;
	return hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF);
}

static void load_es(void *arg)
{
	__asm__ volatile("mov %0, %%es" ::"r"((u32)PTR(arg)));
}

static bool loads(unsigned int entry)
{
	bool ok = try_call(load_es, (void *)(u64)(entry << 3 | 4 | 3));

	load_es(NULL);
	return ok;
}

void proof(void)
{
	u64 *ldt = page_alloc(), *gate = page_alloc();

	ldt[1] = DATA_DPL3;
	gate[1] = CALL_GATE;
	gate[2] = DATA_DPL3;
	check(!loads(1), "without a table a selector faults");
	check(set_ldt(PTR(ldt), 8193) < 0, "more than 8192 entries");
	check(set_ldt(PTR(ldt) + 8, 4) < 0, "an unaligned base");
	check(set_ldt(0xffff830000000000, 4) < 0, "a base in the hypervisor");
	check(set_ldt(0x800000000000, 4) < 0 || !loads(0), "a base that is not canonical");
	check(set_ldt(PTR(ldt), 512) < 0 || !loads(1),
	      "a writable table is refused or loads nothing");
	check_is(set_ldt(0, 0), 0, "none");
	check_is(set_readonly(ldt), 0, "make it read-only");
	check_is(set_ldt(PTR(ldt), 512), 0, "and set it again");
	check(loads(1), "now they do");
	check(set_writable(ldt) < 0, "and it cannot be made writable");
	check(!loads(2) && !loads(600), "an empty entry and one beyond the table fault");
	check_is(set_readonly(gate), 0, "a table with a gate");
	check(set_ldt(PTR(gate), 512) < 0 || !loads(1), "is refused, or its gate does not load");
	check_is(set_ldt(0, 0), 0, "none again");
	check(!loads(1), "nothing loads");
	check_is(set_writable(ldt), 0, "the page is free");
}
