/* SPDX-License-Identifier: MIT */
/*
 * Claim: on a processor with Meltdown, the table on which a guest runs maps nothing of the hypervisor but
 * what the way in needs: neither in its kernel nor in its user mode.
 * Method: one vCPU spins in user mode, one in the kernel; the machine is halted there and its monitor
 * asked what each processor's table maps (drive.py).
 * CPU: max,vendor=GenuineIntel
 * SMP: 2
 * Proves: XSA-254
 */
#include "guest.h"

extern const char spin[], spin_end[];
__asm__(".pushsection .rodata\nspin: jmp spin\nspin_end:\n.popsection");

static void second(void)
{
	for (;;)
		;
}

void proof(void)
{
	user_build(spin, spin_end);
	check_is(smp_start(second), 0, "start the other vCPU");
	say("INSPECT\n");
	user_run();
	check(false, "the user program has ended");
}
