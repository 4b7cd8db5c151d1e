/* SPDX-License-Identifier: MIT */
/*
 * Claim: debug registers are the guest's, their power over the host is not.
 * Attack: breakpoints in the hypervisor, general detect, I/O breakpoints, reserved bits; the address
 *	masks of AMD's processors, which nobody saves.
 * Defence: refused or masked; a breakpoint of one's own works.
 * Proves: set_debugreg ok refused, get_debugreg ok refused
 * Proves: XSA-444
 */
#include "guest.h"

static u64 watched;

static long set(unsigned int reg, u64 value)
{
	return hypercall2(__HYPERVISOR_set_debugreg, reg, value);
}

static u64 get(unsigned int reg)
{
	return (u64)hypercall1(__HYPERVISOR_get_debugreg, reg);
}

static void touch(void *arg)
{
	*(volatile u64 *)arg = 5;
	__asm__ volatile("nop; nop");
}

static void write_msr(void *arg)
{
	__asm__ volatile("wrmsr" ::"a"(0xfff), "d"(0), "c"(*(u32 *)arg));
}

/* The hypervisor reads and writes where the guest watches: nobody is told, and nothing breaks. */
static void watched_arguments(void)
{
	static char text[XEN_EXTRAVERSION_LEN] __attribute__((aligned(16)));
	static struct sched_poll poll __attribute__((aligned(16))) = { .timeout = 1 };

	set(0, PTR(text));
	set(1, PTR(&poll));
	/* 8 bytes each, on reads and writes. */
	set(7, 1 | 1 << 2 | 0xbbUL << 16);
	check(hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, text) == 0 && get(7) & 5,
	      "an answer that is watched");
	check_is(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), 0,
		 "an argument that is watched");
	set(7, 0);
	check(text[0], "the answer is there");
}

/* Of breakpoint 0, and of 1 to 3. */
static void masks(void)
{
	static const u32 msrs[] = { 0xc0011027, 0xc0011019, 0xc001101a, 0xc001101b };
	u32 a = 0x80000001, b, c = 0, d;

	for (unsigned int i = 0; i < 4; i++)
		check(!try_call(write_msr, (void *)&msrs[i]) && fault.vector == 13,
		      "the mask of breakpoint %u", i);
	__asm__ volatile("ud2; .ascii \"xen\"; cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	check(!(c & 1 << 26), "which are not shown");
}

void proof(void)
{
	check(set(0, 0xffff830000000000) < 0, "a breakpoint in the hypervisor");
	check(set(1, 0xffff800000000000) < 0, "in the M2P");
	check(set(2, 0xffff87ffffffffff) < 0, "at its last byte");
	check(set(8, 0) < 0 && set(~0U, 0) < 0, "a register that does not exist");
	check((long)get(8) < 0, "nor can it be read");
	check(set(0, 1ULL << 63) < 0, "a non-canonical one");
	check_is(set(0, PTR(&watched)), 0, "one of our own");
	check(get(0) == PTR(&watched), "is there");
	check(set(7, 1 << 13) < 0 || !(get(7) & 1 << 13), "general detect is refused or dropped");
	check(set(7, 1 << 0 | 2 << 16) < 0, "an I/O breakpoint without CR4.DE");
	check(set(7, 1ULL << 33) < 0, "bits beyond 32");
	check_is(set(7, 1 << 0 | 1 << 16 | 2U << 18), 0, "enable it: 8 bytes, writes");
	check(!try_call(touch, &watched) && fault.vector == 1, "it fires");
	check(get(6) & 1, "and DR6 says which");
	check(watched == 5, "after the write");
	check_is(set(6, 0), 0, "clear DR6");
	check_is(set(7, 0), 0, "disable it");
	check(try_call(touch, &watched), "it is silent");
	check((get(7) & 0xff) == 0, "nothing is enabled");
	watched_arguments();
	masks();
}
