/* SPDX-License-Identifier: MIT */
/*
 * Claim: a machine check that the processor cannot go on after ends with a clear line.
 * Attack: drive.py injects one with a corrupt context while the guest loops.
 * Defence: panic, with the bank and the registers.
 */
#include "guest.h"

void proof(void)
{
	say("ready\n");
	for (;;)
		hypercall2(__HYPERVISOR_xen_version, 0, 0);
}
