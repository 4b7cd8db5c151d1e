/* SPDX-License-Identifier: MIT */
/*
 * Claim: with dom0_vcpus_pin each vCPU of dom0 runs on the CPU of its number, and on no other.
 * Attack: domains that keep that CPU busy while the others are idle.
 * Defence: dom0/build.c sets hard affinity.
 * SMP: 4
 * LIMIT: 120
 * OPTIONS: dom0_vcpus_pin
 *
 * Proves: domctl.XEN_DOMCTL_getvcpuaffinity ok
 * Proves: vcpu_op.VCPUOP_get_physid ok
 */
#include "guest.h"

static u64 hard(u16 domid, u32 vcpu)
{
	struct xen_domctl_vcpuaffinity *a = &domctl_op.u.vcpuaffinity;
	static u64 map;

	memset(&domctl_op, 0, sizeof(domctl_op));
	map = 0;
	a->vcpu = vcpu;
	a->flags = XEN_VCPUAFFINITY_HARD;
	a->cpumap_hard.nr_bits = 64;
	set_xen_guest_handle(a->cpumap_hard.bitmap, (u8 *)&map);
	return domctl(XEN_DOMCTL_getvcpuaffinity, domid) ? 0 : map;
}

static void spin(void)
{
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static bool stays(u32 vcpu)
{
	for (int i = 0; i < 40; i++) {
		memset(&domctl_op, 0, sizeof(domctl_op));
		domctl_op.u.getvcpuinfo.vcpu = vcpu;
		if (domctl(XEN_DOMCTL_getvcpuinfo, 0) || domctl_op.u.getvcpuinfo.cpu != vcpu)
			return false;
		sleep_until(now_ns() + 1000000);
	}
	return true;
}

void proof(void)
{
	static struct actor busy = { .weight = 256 };
	struct vcpu_get_physid physid = { ~0ULL };

	check(actor_create(&busy), "a domain that spins");
	check_is((long)(hard(busy.domu.id, 0) & 15), 15, "may run anywhere");
	for (u32 i = 1; i < 4; i++)
		check_is(smp_start_on(i, spin), 0, "another vCPU");
	for (u32 i = 0; i < 4; i++) {
		check_is((long)hard(0, i), 1L << i, "dom0's vCPU is bound to one CPU");
		check_is(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, i, &physid), 0,
			 "of which it is told");
		check_is((long)(u32)physid.phys_id, i, "the number");
		check(stays(i), "it runs there");
	}
	actors_end(&busy, 1);
}
