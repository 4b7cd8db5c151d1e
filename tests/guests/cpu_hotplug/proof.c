/* SPDX-License-Identifier: MIT */
/*
 * Claim: processors go offline and come back while domains run on them.
 * Attack: CPUs that are not there, the boot CPU, the one the caller runs on; a domain that may run
 *	nowhere else; timers and events of what sleeps there.
 * Defence: lifecycle/hotplug.c, sched/hotplug.c.
 * SMP: 4
 * LIMIT: 120
 *
 * Proves: platform_op.XENPF_cpu_online ok refused
 * Proves: platform_op.XENPF_cpu_offline ok refused
 * Proves: platform_op.XENPF_cpu_hotadd refused
 * Proves: platform_op.XENPF_get_cpuinfo ok
 * Proves: sysctl.XEN_SYSCTL_cpu_hotplug ok refused
 */
#include "guest.h"

#define NCPUS 4

static long platform(u32 cmd, u32 cpu)
{
	struct xen_platform_op op = { .cmd = cmd, .interface_version = XENPF_INTERFACE_VERSION };

	if (cmd == XENPF_cpu_hotadd) {
		op.u.cpu_add.apic_id = cpu;
		op.u.cpu_add.acpi_id = cpu;
	} else {
		op.u.cpu_ol.cpuid = cpu;
	}
	return hypercall1(__HYPERVISOR_platform_op, &op);
}

static bool online(u32 cpu)
{
	struct xen_platform_op op = { .cmd = XENPF_get_cpuinfo,
				      .interface_version = XENPF_INTERFACE_VERSION };

	op.u.pcpu_info.xen_cpuid = cpu;
	return !hypercall1(__HYPERVISOR_platform_op, &op) &&
	       op.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE;
}

static long hotplug(u32 cpu, u32 op)
{
	sysctl_op.u.cpu_hotplug.cpu = cpu;
	sysctl_op.u.cpu_hotplug.op = op;
	return sysctl(XEN_SYSCTL_cpu_hotplug);
}

#define OFFLINE(cpu) hotplug(cpu, XEN_SYSCTL_CPU_HOTPLUG_OFFLINE)
#define ONLINE(cpu)  hotplug(cpu, XEN_SYSCTL_CPU_HOTPLUG_ONLINE)

static u32 cpu_of(u16 domid, u32 vcpu)
{
	domctl_op.u.getvcpuinfo.vcpu = vcpu;
	return domctl(XEN_DOMCTL_getvcpuinfo, domid) ? ~0U : domctl_op.u.getvcpuinfo.cpu;
}

static void refusals(void)
{
	check_is(platform(XENPF_cpu_offline, 0), -GUEST_EOPNOTSUPP,
		 "the boot CPU offline, platform_op");
	check_is(OFFLINE(0), -GUEST_EINVAL, "the same, sysctl");
	check_is(platform(XENPF_cpu_offline, NCPUS), -GUEST_EINVAL, "a CPU that is not there");
	check_is(platform(XENPF_cpu_online, NCPUS), -GUEST_EINVAL, "online");
	check_is(OFFLINE(1000000), -GUEST_EINVAL, "and by sysctl");
	check_is(ONLINE(1000000), -GUEST_EINVAL, "online");
	check_is(platform(XENPF_cpu_online, 1), 0, "online, which it is");
	check_is(hotplug(1, 99), -GUEST_EOPNOTSUPP, "an operation that does not exist");
	check_is(hotplug(0, XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE), -GUEST_EOPNOTSUPP,
		 "all second threads");
	check_is(platform(XENPF_cpu_hotadd, 77), -GUEST_ENOSYS,
		 "hotadd, for which there are no slots");
}

static bool wait_cpu_time(struct domu *u, u64 ns)
{
	u64 want = domu_cpu_time(u) + ns;

	for (int i = 0; i < 2000; i++) {
		if (domu_cpu_time(u) >= want)
			return true;
		sleep_until(now_ns() + 5000000);
	}
	return false;
}

static bool wakes(const struct actor *a)
{
	volatile u64 *shared = a->domu.shared;
	u64 before = shared[ACTOR_ROUNDS];

	for (int i = 0; i < 2000; i++) {
		if (shared[ACTOR_ROUNDS] >= before + 5)
			return true;
		sleep_until(now_ns() + 5000000);
	}
	return false;
}

static long set_hard(u16 domid, u32 vcpu, u64 cpus)
{
	static u64 map;
	struct xen_domctl_vcpuaffinity *a = &domctl_op.u.vcpuaffinity;

	map = cpus;
	memset(&domctl_op, 0, sizeof(domctl_op));
	a->vcpu = vcpu;
	a->flags = XEN_VCPUAFFINITY_HARD;
	a->cpumap_hard.nr_bits = 64;
	set_xen_guest_handle(a->cpumap_hard.bitmap, (u8 *)&map);
	return domctl(XEN_DOMCTL_setvcpuaffinity, domid);
}

/* The CPU that dom0 runs on, which is made not to be the first. */
static u32 own_cpu(void)
{
	set_hard(0, 0, 14);
	while (!cpu_of(0, 0))
		sleep_until(now_ns() + 1000000);
	set_hard(0, 0, ~0UL);
	return cpu_of(0, 0);
}

static void under_load(void)
{
	static struct actor a[] = {
		{ .weight = 256, .vcpus = 4 },
		{ .weight = 256, .work_us = 100, .sleep_us = 1000, .vcpus = 4 },
		{ .weight = 256, .work_us = 100, .sleep_us = 3000 },
	};

	for (int i = 0; i < 3; i++)
		check(actor_create(&a[i]), "a domain with %u vCPUs", a[i].vcpus ? a[i].vcpus : 1);
	check_is(set_hard(a[0].domu.id, 3, 1 << 3), 0, "its vCPU 3 may run on CPU 3 only");
	for (u32 round = 0; round < 4; round++) {
		u32 cpu = round % 3 + 1;
		bool stray = false;

		if (round == 3)
			cpu = own_cpu();
		check_is(round & 1 ? platform(XENPF_cpu_offline, cpu) : OFFLINE(cpu), 0, "offline");
		check(!online(cpu), "CPU %u is offline", cpu);
		for (u32 i = 0; i < 4; i++)
			stray |= cpu_of(a[0].domu.id, i) == cpu;
		stray |= cpu_of(0, 0) == cpu;
		check(!stray, "nobody runs there");
		check(wait_cpu_time(&a[0].domu, 20000000), "who spins goes on");
		check(wakes(&a[1]), "who sleeps wakes");
		check_is(round & 1 ? platform(XENPF_cpu_online, cpu) : ONLINE(cpu), 0,
			 "online again");
		check(online(cpu), "CPU %u is online", cpu);
		check(wait_cpu_time(&a[0].domu, 20000000) && wakes(&a[1]) && wakes(&a[2]),
		      "all go on");
	}
	for (u32 cpu = 1; cpu < NCPUS; cpu++)
		check_is(OFFLINE(cpu), 0, "all but the first offline");
	check(wakes(&a[1]), "who sleeps wakes");
	check_is(platform(XENPF_cpu_offline, 2), 0, "offline, which it is");
	for (u32 cpu = 1; cpu < NCPUS; cpu++)
		check_is(ONLINE(cpu), 0, "online");
	check(wait_cpu_time(&a[0].domu, 20000000), "who spins goes on");
	actors_end(a, 3);
}

void proof(void)
{
	evtchn_bind_virq_t b = { .virq = VIRQ_PCPU_STATE };

	refusals();
	check_is(event_op(EVTCHNOP_bind_virq, &b), 0, "VIRQ_PCPU_STATE");
	event_mask(b.port, true);
	check_is(OFFLINE(3), 0, "offline");
	check(event_pending(b.port), "raised it");
	event_clear(b.port);
	check_is(ONLINE(3), 0, "online");
	check(event_pending(b.port), "and this too");
	under_load();
}
