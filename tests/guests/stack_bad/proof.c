/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest without a kernel stack ends alone, with a line that says why.
 * Attack: name an unmapped kernel stack, go to user mode and trap.
 * Defence: the guest is crashed.
 * EXPECT-CRASH: domain 0 crashed: .*stack
 */
#include "guest.h"

extern const char trap_now[], trap_now_end[];
__asm__(".pushsection .rodata; trap_now: ud2; trap_now_end: .popsection");

void proof(void)
{
	user_build(trap_now, trap_now_end);
	user_run();
	check(fault.taken && fault.user && fault.vector == 6, "with a stack the trap arrives");
	check_is(hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, 0x5000), 0, "without one");
	user_run();
	check(false, "came back without a stack");
}
