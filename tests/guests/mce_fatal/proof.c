/* SPDX-License-Identifier: MIT */
/*
 * Claim: a machine check that the processor cannot go on after ends with a clear line.
 * Attack: drive.py injects one with a corrupt context while the hypervisor writes to the serial line,
 * under the locks of log and line.
 * Defence: panic, with the bank and the registers; a CPU that is reporting does not wait for itself.
 */
#include "guest.h"

void proof(void)
{
	say("ready\n");
	for (;;)
		say(".");
}
