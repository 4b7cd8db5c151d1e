/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest that would have to use memory that cannot be read is ended, and nothing else.
 * Attack: drive.py injects a machine check that wants action, in guest code.
 * Defence: that guest is crashed, with a line.
 * EXPECT-CRASH: domain 0 crashed: machine check on its memory
 */
#include "guest.h"

void spin(void);

__attribute__((noinline)) void spin(void)
{
	__asm__ volatile("pause");
}

void proof(void)
{
	say("ready\n");
	for (;;)
		spin();
}
