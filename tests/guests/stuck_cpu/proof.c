/* SPDX-License-Identifier: MIT */
/*
 * Claim: a CPU that hangs is found and reported, and the others go on.
 * Attack: drive.py stops the whole machine for longer than the limit, then sends two neighbours to
 * loops with interrupts off.  Who has to find them was offline and came back.
 * Defence: the watchdog, which counts looks and no time; registers by NMI.
 * SMP: 4
 * OPTIONS: watchdog_timeout=3
 */
#include "guest.h"

volatile unsigned int drive_stop;
void turn(void);

__attribute__((noinline)) void turn(void)
{
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static long run_on(u32 cpu)
{
	static u64 map;
	struct xen_domctl_vcpuaffinity *a = &domctl_op.u.vcpuaffinity;

	map = 1UL << cpu;
	memset(&domctl_op, 0, sizeof(domctl_op));
	a->flags = XEN_VCPUAFFINITY_HARD;
	a->cpumap_hard.nr_bits = 64;
	set_xen_guest_handle(a->cpumap_hard.bitmap, (u8 *)&map);
	return domctl(XEN_DOMCTL_setvcpuaffinity, 0);
}

static long hotplug(u32 op)
{
	sysctl_op.u.cpu_hotplug.cpu = 1;
	sysctl_op.u.cpu_hotplug.op = op;
	return sysctl(XEN_SYSCTL_cpu_hotplug);
}

void proof(void)
{
	check(!run_on(0) && !hotplug(XEN_SYSCTL_CPU_HOTPLUG_OFFLINE), "CPU 1 offline");
	check(!hotplug(XEN_SYSCTL_CPU_HOTPLUG_ONLINE) && !run_on(1), "online, and dom0 on it");
	say("ready\n");
	while (!drive_stop)
		turn();
	check(drive_stop == 1, "the guest goes on");
}
