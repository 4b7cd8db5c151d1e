/* SPDX-License-Identifier: MIT */
/*
 * Claim: a batch runs its calls in order, each with its result; iret ends it (XSA-213).
 * Attack: batches in batches, absurd counts, bad lists, an iret in the middle.
 * Defence: one level, entries copied before use, nothing run after an iret.
 * Proves: multicall ok refused, iret ok, XSA-213
 */
#include "guest.h"

struct iret_frame {
	u64 rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
};

static struct multicall_entry calls[64];
static struct iret_frame frame;
static long by_iret;

static long batch(const void *list, u64 n)
{
	return hypercall2(__HYPERVISOR_multicall, list, n);
}

/* A batch whose second call is iret: it returns by the frame, rax and all. */
static void batch_with_iret(void *arg)
{
	u64 sp;

	__asm__ volatile(
		"mov %%rsp, %[sp]\n\t"
		"mov %[sp], %[fsp]\n\t"
		"lea 1f(%%rip), %%rax\n\t"
		"mov %%rax, %[fip]\n\t"
		"lea %[frame], %%rsp\n\t"
		"mov $13, %%eax\n\t"
		"mov $3, %%esi\n\t"
		"syscall\n"
		"1: mov %%rax, %[result]"
		: [sp] "=&b"(sp), [fsp] "=m"(frame.rsp), [fip] "=m"(frame.rip), [result] "=m"(by_iret),
		  "+D"(arg)
		: [frame] "m"(frame)
		: "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory");
}

static void version(struct multicall_entry *e)
{
	*e = (struct multicall_entry){ .op = __HYPERVISOR_xen_version, .result = 77 };
}

void proof(void)
{
	char extra[XEN_EXTRAVERSION_LEN] = "";

	for (int i = 0; i < 64; i++)
		version(&calls[i]);
	calls[1].args[0] = XENVER_extraversion;
	calls[1].args[1] = PTR(extra);
	calls[2].op = 62;
	check_is(batch(calls, 64), 0, "64 calls");
	check(calls[0].result >> 16 == 4 && calls[63].result == calls[0].result, "with results");
	check(calls[1].result == 0 && extra[0], "one of them an answer by pointer");
	check(calls[2].result == (u64)-GUEST_ENOSYS, "one of them an error");
	check_is(batch(calls, 0), 0, "none at all");
	check_is(batch(NULL, 0), 0, "nothing from nowhere");
	check_is(batch((void *)0xdead0000, 1), -GUEST_EFAULT, "a list nowhere");
	check(batch((void *)HYPERVISOR_VIRT_START, 1) < 0, "a list in the hypervisor");
	check(batch((void *)(HYPERVISOR_VIRT_START - 8), 1) < 0, "a list that reaches into it");
	check(batch((void *)0x800000000000, 1) < 0, "a list that is not canonical");
	check(batch(&calls[0], 0xffffffffULL) < 0, "four thousand million calls end at a bad one");
	version(&calls[0]);
	calls[1] = (struct multicall_entry){ .op = __HYPERVISOR_multicall, .result = 77 };
	calls[1].args[0] = PTR(&calls[8]);
	calls[1].args[1] = 1;
	version(&calls[2]);
	version(&calls[8]);
	check_is(batch(calls, 3), 0, "a batch in a batch");
	check((long)calls[1].result < 0 && calls[8].result == 77, "is refused and does not run");
	check(calls[2].result != 77, "what follows does");
	calls[1].op = __HYPERVISOR_iret;
	version(&calls[2]);
	frame = (struct iret_frame){
		.rax = 0x1e7, .cs = FLAT_KERNEL_CS & ~3, .rflags = 0x202, .ss = FLAT_KERNEL_SS
	};
	batch_with_iret(calls);
	check_is(by_iret, 0x1e7, "iret in a batch returns by its frame");
	check(calls[2].result == 77, "and ends the batch");
}
