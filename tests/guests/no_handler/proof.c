/* SPDX-License-Identifier: MIT */
/*
 * Claim: an exception that the guest has no handler for ends that guest alone.
 * Attack: clear the trap table, then fault.
 * Defence: the guest is crashed, with vector and address.
 * EXPECT-CRASH: domain 0 crashed: .*exception 6
 * Proves: set_trap_table ok
 */
#include "guest.h"

void proof(void)
{
	check_is(hypercall1(__HYPERVISOR_set_trap_table, 0), 0, "clear the trap table");
	__asm__ volatile("ud2");
	check(false, "went on behind an exception");
}
