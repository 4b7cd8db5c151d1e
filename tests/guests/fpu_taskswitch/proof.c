/* SPDX-License-Identifier: MIT */
/*
 * Claim: lazy FPU switching works: one #NM after TS is set, state kept over hypercalls and blocking.
 * Method: set TS, touch a vector register, clear TS; compare registers around hypercalls.
 * Proves: fpu_taskswitch ok
 */
#include "guest.h"

static void load(void *arg)
{
	__asm__ volatile("movdqu (%0), %%xmm7" ::"r"(arg) : "memory");
}

static void store(void *arg)
{
	__asm__ volatile("movdqu %%xmm7, (%0)" ::"r"(arg) : "memory");
}

static void x87(void *arg)
{
	(void)arg;
	__asm__ volatile("fninit; fld1; fstp %st(0)");
}

static void clts(void *arg)
{
	(void)arg;
	__asm__ volatile("clts");
}

static bool same(const u64 *a, const u64 *b)
{
	return a[0] == b[0] && a[1] == b[1];
}

void proof(void)
{
	u64 in[2] = { 0x0123456789abcdef, 0xfedcba9876543210 }, out[2] = { 0, 0 };
	struct sched_poll poll = { .nr_ports = 0 };

	check_is(hypercall1(__HYPERVISOR_fpu_taskswitch, 1), 0, "set TS");
	check(!try_call(load, in) && fault.vector == 7, "a vector instruction is #NM");
	check(try_call(load, in), "and clears TS, so that the next one works");
	hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
	check(!try_call(x87, NULL) && fault.vector == 7, "an x87 instruction is #NM too");
	hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
	check_is(hypercall1(__HYPERVISOR_fpu_taskswitch, 0), 0, "clear TS by a call");
	check(try_call(load, in), "now it works");
	hypercall2(__HYPERVISOR_xen_version, 0, 0);
	check(try_call(store, out) && same(in, out), "its register survives a hypercall");
	poll.timeout = now_ns() + 5000000;
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
	check(try_call(store, out) && same(in, out), "and a sleep");
	hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
	poll.timeout = now_ns() + 5000000;
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
	check(!try_call(store, out) && fault.vector == 7, "TS survives a sleep");
	hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
	check(try_call(clts, NULL) && try_call(store, out) && same(in, out), "clts brings it back");
}
