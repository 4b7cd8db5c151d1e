/* SPDX-License-Identifier: MIT */
/*
 * Claim: the control calls survive any content, though only the control domain may make them.
 * Attack: domctl, sysctl and platform_op with the right version and random bodies, and with wrong versions.
 * Defence: each field checked before use; dom0 cannot pause or destroy itself.
 */
#include "guest.h"

static u64 *buffer;

static void call(void *arg)
{
	static const u16 domains[] = { 0, DOMID_SELF, 1, 2, 9999, 0x7fff };
	u32 *words = (u32 *)buffer;

	(void)arg;
	for (int i = 0; i < 64; i++)
		buffer[i] = fuzz_random() % 4 ? fuzz_word() : PTR(buffer + 64);
	words[0] = fuzz_random() % 90;
	if (fuzz_random() & 1) {
		words[1] = fuzz_random() % 8 ? XEN_DOMCTL_INTERFACE_VERSION : (u32)fuzz_word();
		*(u16 *)&words[2] = domains[fuzz_random() % 6];
		hypercall1(__HYPERVISOR_domctl, buffer);
	} else {
		words[1] = fuzz_random() % 8 ? XEN_SYSCTL_INTERFACE_VERSION : (u32)fuzz_word();
		if (words[0] == XEN_SYSCTL_debug_keys || words[0] == XEN_SYSCTL_cpu_hotplug)
			return;
		hypercall1(__HYPERVISOR_sysctl, buffer);
	}
}

void proof(void)
{
	u32 *words;

	buffer = page_alloc();
	/* What a count leads beyond the page ends there. */
	update_va(page_alloc(), 0, UVMF_INVLPG);
	words = (u32 *)buffer;
	for (int i = 0; i < 20000; i++) {
		shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
		try_call(call, NULL);
	}
	check(hypercall2(__HYPERVISOR_xen_version, 0, 0) >> 16 == 4, "the hypervisor answers");
	words[0] = XEN_DOMCTL_pausedomain;
	words[1] = XEN_DOMCTL_INTERFACE_VERSION;
	words[2] = 0;
	check(hypercall1(__HYPERVISOR_domctl, buffer) < 0, "dom0 cannot pause itself");
	words[0] = XEN_DOMCTL_destroydomain;
	check(hypercall1(__HYPERVISOR_domctl, buffer) < 0, "nor destroy itself");
	words[1]++;
	check(hypercall1(__HYPERVISOR_domctl, buffer) == -GUEST_EACCES || on_lamina(),
	      "nor speak of a version to come");
	check(hypercall1(__HYPERVISOR_domctl, 0xdead0000) == -GUEST_EFAULT, "a call from nowhere");
	check(hypercall1(__HYPERVISOR_sysctl, 0xdead0000) == -GUEST_EFAULT, "another one");
	check_is(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0), 0, "and it schedules");
}
