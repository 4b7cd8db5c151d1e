/* SPDX-License-Identifier: MIT */
/*
 * Claim: an iret whose frame cannot be read ends the guest alone.
 * Attack: iret on a stack in the hypervisor.
 * Defence: the guest is crashed.
 * EXPECT-CRASH: domain 0 crashed: .*iret frame
 * Proves: iret refused
 */
#include "guest.h"

void proof(void)
{
	check(true, "about to return by a frame in the hypervisor");
	__asm__ volatile("mov %0, %%rsp; mov $23, %%eax; syscall" ::"r"(0xffff830000001000));
	check(false, "came back");
}
