/* SPDX-License-Identifier: MIT */
/*
 * Claim: where retpolines are not wanted, boot puts plain branches into their places, and changes no other
 * byte of the code.
 * Method: they are turned off; drive.py compares the running hypervisor's code with the file's.  Here, some
 * calls that go through such places.
 * OPTIONS: spec-ctrl=retpoline=no
 * Proves: XSA-254
 */
#include "guest.h"

void proof(void)
{
	xen_extraversion_t text = { 0 };

	say("ready\n");
	for (int i = 0; i < 1000; i++)
		hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, (u64)text);
	check_is(hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, (u64)text), 0, "a call");
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}
