/* SPDX-License-Identifier: MIT */
/*
 * Claim: where the operator wants it so, a CPU that hangs ends the machine.
 * Attack: drive.py sends one to a loop with interrupts off.
 * Defence: the option watchdog=panic.
 * SMP: 2
 * OPTIONS: watchdog=panic watchdog_timeout=2
 */
#include "guest.h"

void turn(void);

__attribute__((noinline)) void turn(void)
{
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

void proof(void)
{
	say("ready\n");
	for (;;)
		turn();
}
