/* SPDX-License-Identifier: MIT */
/*
 * Claim: a stack of the hypervisor that overflows, or is lost, ends with a clear line.
 * Attack: drive.py moves the stack pointer in the middle of a hypercall, to the guard page.
 * Defence: double faults have a stack of their own; panic with the registers and a backtrace.
 */
#include "guest.h"

void proof(void)
{
	say("ready\n");
	for (;;)
		hypercall2(__HYPERVISOR_xen_version, 0, 0);
}
