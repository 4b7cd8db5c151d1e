/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest that goes to user mode without an address space for it ends alone.
 * Attack: iret with a user's code selector before any NEW_USER_BASEPTR.
 * Defence: the guest is crashed.
 * EXPECT-CRASH: domain 0 crashed: .*without a page table
 */
#include "guest.h"

void proof(void)
{
	check(true, "about to go to user mode");
	user_run();
	check(false, "came back");
}
