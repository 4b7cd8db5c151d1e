/* SPDX-License-Identifier: MIT */
/*
 * Claim: a frame is never a page table and writable at once, whoever asks when (XSA-242, XSA-299).
 * Attack: one vCPU pins and unpins a page as a table while the other maps it writable and scribbles on it.
 * Defence: the type changes atomically.  (What is still cached of a mapping: smp_stale.)
 * SMP: 2
 * Proves: XSA-242, XSA-299
 * Proves: XSA-401
 */
#include "guest.h"

static volatile u64 *page, *alias;
static volatile unsigned int stop, stopped, scribbled;

static void second(void)
{
	u64 rw = pte_of(virt_to_mfn((void *)page), PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D);

	while (!stop) {
		if (update_va((void *)alias, rw, UVMF_INVLPG))
			continue;
		alias[7] = pte_of(0x300, PTE_P | PTE_RW | PTE_US);
		scribbled++;
		alias[7] = 0;
		update_va((void *)alias, 0, UVMF_INVLPG | UVMF_ALL);
	}
	update_va((void *)alias, 0, UVMF_INVLPG | UVMF_ALL);
	stopped = 1;
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

void proof(void)
{
	unsigned int pinned = 0, bad = 0;
	u64 mfn, end;

	page = page_alloc();
	alias = page_alloc();
	mfn = virt_to_mfn((void *)page);
	update_va((void *)alias, 0, UVMF_INVLPG);
	set_readonly((void *)page);
	check_is(smp_start(second), 0, "start the other vCPU");
	end = now_ns() + 500000000;
	while (now_ns() < end && pinned < 3000) {
		if (mmuext(MMUEXT_PIN_L1_TABLE, mfn))
			continue;
		pinned++;
		for (int i = 0; i < 20; i++)
			bad += page[7] != 0;
		if (mmuext(MMUEXT_UNPIN_TABLE, mfn))
			bad++;
	}
	check_is(bad, 0, "a table that was scribbled on");
	/* On a busy host one side may have had all the luck. */
	check(pinned + scribbled > 0, "pinned %u times, scribbled %u times", pinned, scribbled);
	stop = 1;
	check(wait_change(&stopped, 0, 5000), "the other has stopped");
	check_is(mmuext(MMUEXT_PIN_L1_TABLE, mfn), 0, "the page can still be a table");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, mfn), 0, "and be none");
	check_is(set_writable((void *)page), 0, "and be written");
}
