/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest of 4 GiB with full page tables comes and goes in steps that others hardly notice.
 * Attack: build it with 2048 full level-1 tables; check them all, drop them all, with a clock that ticks.
 * Defence: checking, undoing and giving back go on in later rounds, from where they stopped.
 * MEMORY: 6144
 * ICOUNT: yes
 * LIMIT: 120
 * CLOCK: the other guest's is looked at instead; this one waits for the tables it let go of itself
 *
 * A second guest sleeps a millisecond at a time all along, and is never woken late.  Where
 * an instruction is a nanosecond that is exact; tests/bounds measures how long each step takes.
 *
 * Proves: domctl.XEN_DOMCTL_destroydomain ok
 * Proves: domctl.XEN_DOMCTL_max_vcpus ok
 * Proves: XSA-45
 * Proves: XSA-310
 */
#include "guest.h"

#define EXTENTS 2048 /* of 2 MiB */
#define TABLES	5    /* extents that hold tables, and are mapped read-only */
#define VCPUS	64
#define LATE_US 100 /* an instruction being a nanosecond */

static xen_pfn_t extents[EXTENTS];
static u64 *window;
static u64 used; /* frames of the first extents that are tables by now */

static u64 next_table(void)
{
	u64 n = used++;

	return extents[n / 512] + n % 512;
}

/* A table of @level with all entries given by @fill, which gets the entry's number. */
static u64 make_table(u16 id, u64 (*fill)(u64 n), u64 first, u64 count)
{
	u64 mfn = next_table();

	if (other_map(window, mfn, true, id))
		return 0;
	for (u64 i = 0; i < 512; i++)
		window[i] = i < count ? fill(first + i) : 0;
	return mfn;
}

static u64 l1s[EXTENTS], l2s[4], l3;

static u64 fill_l1(u64 n)
{
	return pte_of(extents[n / 512] + n % 512, PTE_P | PTE_US | (n / 512 < TABLES ? 0 : PTE_RW));
}

static u64 fill_l2(u64 n)
{
	return pte_of(l1s[n], PTE_P | PTE_RW | PTE_US);
}

static u64 fill_l3(u64 n)
{
	return pte_of(l2s[n], PTE_P | PTE_RW | PTE_US);
}

static u64 fill_l4(u64 n)
{
	(void)n;
	return pte_of(l3, PTE_P | PTE_RW | PTE_US);
}

/* The top-level table of @n extents, each mapped by a level-1 table. */
static u64 build(u16 id, u64 n)
{
	u64 l4;

	used = 0;
	for (u64 i = 0; i < n; i++)
		l1s[i] = make_table(id, fill_l1, i * 512, 512);
	for (u64 i = 0; i < n / 512; i++)
		l2s[i] = make_table(id, fill_l2, i * 512, 512);
	l3 = make_table(id, fill_l3, 0, n / 512);
	l4 = make_table(id, fill_l4, 0, 1);
	/* Nothing of it is left mapped here. */
	update_va(window, pte_of(virt_to_mfn(window), PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D),
		  UVMF_INVLPG);
	return l4;
}

static vcpu_guest_context_t context;

static long set_context(u16 id, u32 vcpu, u64 l4)
{
	struct xen_domctl op = { 0 };

	context.flags = VGCF_in_kernel;
	context.ctrlreg[3] = l4 << 12;
	context.user_regs.cs = FLAT_KERNEL_CS;
	context.user_regs.ss = FLAT_KERNEL_SS;
	context.user_regs.rflags = 0x200;
	op.u.vcpucontext.vcpu = vcpu;
	set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
	return other_op(XEN_DOMCTL_setvcpucontext, id, &op);
}

static u16 make_domain(u64 n)
{
	long id = other_create(VCPUS, 5UL << 20);

	check(id > 0, "a domain of %u vCPUs", VCPUS);
	for (u64 i = 0; i < EXTENTS; i++)
		extents[i] = i * 512;
	check_is(other_populate((u16)id, extents, n, 9), (long)n, "extents of 2 MiB");
	return (u16)id;
}

/* Another guest, which sleeps a millisecond at a time all along. */
static struct actor sleeper = { .weight = 256, .work_us = 10, .sleep_us = 1000 };

static void gone(u16 id, bool ticking)
{
	struct xen_domctl op = { 0 };
	u64 end = now_ns() + 1000000000UL, rounds = sleeper.domu.shared[ACTOR_ROUNDS], late;
	unsigned int before = ticks;
	long rc;

	check_is(other_destroy(id), 0, "it is destroyed");
	check(!ticking || ticks > before, "the clock ticked meanwhile, %u times", ticks - before);
	rounds = sleeper.domu.shared[ACTOR_ROUNDS] - rounds;
	late = actor_slept(&sleeper, 1000) - 1000;
	check(rounds > 20 && late <= LATE_US,
	      "another guest's timer fired %lu times meanwhile, never more than %lu us late",
	      rounds, late);
	do {
		rc = other_op(XEN_DOMCTL_max_mem, id, &op);
	} while (rc != -GUEST_ESRCH && now_ns() < end);
	check_is(rc, -GUEST_ESRCH, "nothing of it is left");
}

void proof(void)
{
	u64 l4;
	u16 id;

	window = page_alloc();
	check(actor_create(&sleeper), "a guest that sleeps");
	ticks_start(30000);

	id = make_domain(EXTENTS);
	l4 = build(id, EXTENTS);
	check_is(set_context(id, 0, l4), 0, "a vCPU takes all of it as its tables");
	check_is(set_context(id, 1, l4), 0, "another too");
	gone(id, true);

	/* Now nothing else interrupts it. */
	ticks_stop();
	id = make_domain(1024);
	l4 = build(id, 1024);
	check_is(other_pin(id, MMUEXT_PIN_L4_TABLE, l4), 0, "half as much, pinned");
	check_is(other_pin(id, MMUEXT_UNPIN_TABLE, l4), 0, "and let go");
	check_is(other_pin(id, MMUEXT_PIN_L4_TABLE, l4), 0, "and pinned again");
	gone(id, false);
}
