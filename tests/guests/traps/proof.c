/* SPDX-License-Identifier: MIT */
/*
 * Claim: a processor exception reaches the kernel's handler as that exception, and only that.
 * Attack: each exception that an instruction can raise; software interrupts with and without leave.
 * Defence: bounced with the right vector, error code and rip; the handler's DPL decides on int n.
 */
#include "guest.h"

#define INSN(name, text)                                                        \
	static void name(void *arg)                                             \
	{                                                                       \
		(void)arg;                                                      \
		__asm__ volatile(text ::: "rax", "rcx", "rdx", "memory", "cc"); \
	}

INSN(divide, "xor %%ecx, %%ecx; xor %%edx, %%edx; mov $1, %%eax; div %%ecx")
INSN(undefined, "ud2")
INSN(breakpoint, "int3")
INSN(step, "pushfq; orq $0x100, (%%rsp); popfq; nop; nop")
INSN(interrupt_128, "int $0x80")
INSN(interrupt_14, "int $14")
INSN(interrupt_129, "int $0x81")
INSN(interrupt_2, "int $2")
INSN(noncanonical, "mov $0x8000000000000000, %%rax; mov (%%rax), %%rax")
INSN(bad_selector, "mov $0x1f8, %%eax; mov %%eax, %%es")

static void expect(void (*fn)(void *), u32 vector, u32 error, const char *what)
{
	bool ok = try_call(fn, NULL);

	check(!ok && fault.vector == vector && fault.error == error,
	      "%s: vector %u error %x (got %u, %x)", what, vector, error, ok ? 999 : fault.vector,
	      fault.error);
}

static void refused(void (*fn)(void *), const char *what)
{
	check(!try_call(fn, NULL) && fault.vector == 13 && fault.error & 2, "%s: #GP", what);
}

void proof(void)
{
	expect(divide, 0, 0, "division by zero");
	expect(undefined, 6, 0, "an undefined instruction");
	expect(breakpoint, 3, 0, "a breakpoint");
	check(*(u8 *)(fault.rip - 1) == 0xcc, "rip is behind it");
	expect(step, 1, 0, "a single step");
	expect(interrupt_128, 128, 0, "int 0x80 with a handler of DPL 3");
	check(*(u16 *)(fault.rip - 2) == 0x80cd, "rip is behind it");
	/* The error code depends on the processor, so only its vector counts. */
	refused(interrupt_14, "int 14 with a handler of DPL 0, from the kernel");
	refused(interrupt_129, "int 0x81 without a handler");
	refused(interrupt_2, "int 2");
	expect(noncanonical, 13, 0, "a non-canonical read");
	expect(bad_selector, 13, 0x1f8, "a selector of nothing");
	check(fault.taken, "and all that without harm");
}
