/* SPDX-License-Identifier: MIT */
/*
 * Claim: a vCPU runs on the CPUs of its hard affinity only, and on those of its soft affinity while one is free.
 * Attack: sets changed while it runs, waits and sleeps; no CPU, CPUs and vCPUs that are not there; CPUs of
 *	soft affinity that others keep busy, and then do not.
 * Defence: sched/params.c, sched/sched.c.
 * SMP: 4
 * LIMIT: 120
 *
 * Proves: domctl.XEN_DOMCTL_setvcpuaffinity ok refused
 * Proves: domctl.XEN_DOMCTL_getvcpuaffinity ok refused
 */
#include "guest.h"

#define NCPUS	4
#define NOWHERE ((void *)0xdead0000)
#define HARD	XEN_VCPUAFFINITY_HARD
#define SOFT	XEN_VCPUAFFINITY_SOFT

static u64 maps[2]; /* hard, soft */
static u64 idle[NCPUS];

static long affinity(u32 cmd, u16 domid, u32 vcpu, u32 flags, void *hard, void *soft)
{
	struct xen_domctl_vcpuaffinity *a = &domctl_op.u.vcpuaffinity;

	memset(&domctl_op, 0, sizeof(domctl_op));
	a->vcpu = vcpu;
	a->flags = flags;
	a->cpumap_hard.nr_bits = a->cpumap_soft.nr_bits = 64;
	set_xen_guest_handle(a->cpumap_hard.bitmap, hard);
	set_xen_guest_handle(a->cpumap_soft.bitmap, soft);
	return domctl(cmd, domid);
}

/* Set one or both; @maps then has what came of it. */
static long set(u16 domid, u32 vcpu, u32 flags, u64 hard, u64 soft)
{
	maps[0] = hard;
	maps[1] = soft;
	return affinity(XEN_DOMCTL_setvcpuaffinity, domid, vcpu, flags, &maps[0], &maps[1]);
}

static long get(u16 domid, u32 vcpu, u32 flags)
{
	memset(maps, 0xaa, sizeof(maps));
	return affinity(XEN_DOMCTL_getvcpuaffinity, domid, vcpu, flags, &maps[0], &maps[1]);
}

static void calls(void)
{
	u16 d = (u16)control_create(2);

	domctl_op.u.max_vcpus.max = 2;
	check_is(domctl(XEN_DOMCTL_max_vcpus, d), 0, "a domain of two vCPUs");
	check(get(d, 0, HARD | SOFT) == 0 && (maps[0] & 15) == 15 && (maps[1] & 15) == 15,
	      "a new vCPU may run anywhere");
	check(set(d, 0, HARD | SOFT, 6, 12) == 0 && maps[0] == 6 && maps[1] == 4,
	      "set both, and hear what comes of it");
	check(get(d, 0, HARD | SOFT) == 0 && maps[0] == 6 && maps[1] == 12, "get both");
	check(get(d, 0, SOFT) == 0 && maps[0] == 0xaaaaaaaaaaaaaaaa && maps[1] == 12, "get one");
	check(get(d, 1, HARD | SOFT) == 0 && (maps[0] & 15) == 15, "the other has its own");
	check(set(d, 0, SOFT, 0, 1) == 0 && get(d, 0, HARD | SOFT) == 0 && maps[0] == 6 &&
		      maps[1] == 1,
	      "soft alone, of a CPU where it may not run");
	check(set(d, 0, HARD, 0xf8, 0) == 0 && maps[0] == 8, "CPUs that are not there");
	check_is(set(d, 0, HARD, 0xf0, 0), -GUEST_EINVAL, "none that is there");
	check_is(set(d, 0, HARD, 0, 0), -GUEST_EINVAL, "none");
	check(get(d, 0, HARD) == 0 && (maps[0] & 15) == 8, "change nothing");
	check_is(set(d, 0, 0, 1, 1), -GUEST_EINVAL, "neither hard nor soft");
	if (on_lamina()) /* Xen looks at those it knows */
		check_is(set(d, 0, 0x80 | HARD, 1, 1), -GUEST_EINVAL, "a kind that does not exist");
	check_is(set(d, 2, HARD, 1, 1), -GUEST_EINVAL, "a vCPU it cannot have");
	check_is(set(999, 0, HARD, 1, 1), -GUEST_ESRCH, "no domain");
	check_is(get(d, 2, HARD), -GUEST_EINVAL, "got of a vCPU it cannot have");
	check_is(get(d, 0, 0), -GUEST_EINVAL, "of neither kind");
	check_is(get(999, 0, HARD), -GUEST_ESRCH, "of no domain");
	check_is(affinity(XEN_DOMCTL_getvcpuaffinity, d, 0, HARD, NOWHERE, NOWHERE), -GUEST_EFAULT,
		 "told nowhere");
	check_is(affinity(XEN_DOMCTL_setvcpuaffinity, d, 0, SOFT, NOWHERE, NOWHERE), -GUEST_EFAULT,
		 "from nowhere");
	check_is(control_destroy(d), 0, "it is destroyed");
}

static void idle_times(u64 *times)
{
	struct xen_sysctl_getcpuinfo *g = &sysctl_op.u.getcpuinfo;
	static xen_sysctl_cpuinfo_t info[NCPUS];

	memset(&sysctl_op, 0, sizeof(sysctl_op));
	g->max_cpus = NCPUS;
	set_xen_guest_handle(g->info, info);
	sysctl(XEN_SYSCTL_getcpuinfo);
	for (int i = 0; i < NCPUS; i++)
		times[i] = info[i].idletime;
}

/* The CPUs but the first that anybody ran on within @ms, and in *@full those that were never idle. */
static u64 used(unsigned int ms, u64 *full)
{
	u64 after[NCPUS], start = now_ns(), span, cpus = 0;

	idle_times(idle);
	sleep_until(start + ms * 1000000UL);
	idle_times(after);
	span = now_ns() - start;
	*full = 0;
	for (unsigned int i = 1; i < NCPUS; i++) {
		u64 ns = after[i] - idle[i];

		/* The two readings are not of one moment; a CPU's own work is not idle. */
		if (ns < span - span / 10)
			cpus |= 1UL << i;
		if (ns < span / 10)
			*full |= 1UL << i;
	}
	return cpus;
}

/* Within ten seconds, of some span the CPUs used, and used up, are as they should be. */
static bool settles(u64 want, u64 want_full)
{
	u64 full = 0, cpus = 0;

	for (int i = 0; i < 50; i++) {
		cpus = used(200, &full);
		if (cpus == want && full == want_full)
			return true;
	}
	say("# used: %lx, used up: %lx\n", cpus, full);
	return false;
}

static void hard(void)
{
	static struct actor spins = { .weight = 256, .vcpus = 3 };
	static struct actor turns = { .weight = 256, .work_us = 300, .sleep_us = 500 };
	u16 id;

	check(actor_create(&spins) && actor_create(&turns), "three that spin, one that sleeps");
	id = spins.domu.id;
	for (u32 i = 0; i < 3; i++)
		set(id, i, HARD, 1 << 1, 0);
	set(turns.domu.id, 0, HARD, 1 << 1, 0);
	check(settles(2, 2), "all on CPU 1, and no other works");
	set(id, 0, HARD, 1 << 2, 0);
	set(id, 1, HARD, 1 << 2, 0);
	check(settles(6, 6), "two that spin go to CPU 2");
	set(id, 2, HARD, 1 << 3, 0);
	set(turns.domu.id, 0, HARD, 1 << 3, 0);
	check(settles(12, 12), "the others to CPU 3");
	set(id, 0, HARD, 14, 0);
	check(settles(14, 14), "CPU 1 takes one that may run there");
	/* Not to the very end of its slice: changed again and again, one is where it is last told to be. */
	for (u32 round = 0; round < 6; round++) {
		for (u32 i = 0; i < 300; i++) {
			set(id, i % 3, HARD, 2 << i % 2, 0);
			set(turns.domu.id, 0, HARD, 2 << i % 3, 0);
		}
		for (u32 i = 0; i < 3; i++)
			set(id, i, HARD, 1 << 3, 0);
		set(turns.domu.id, 0, HARD, 1 << 3, 0);
		check(settles(8, 8), "all on CPU 3, after 600 changes");
	}
	actors_end(&spins, 1);
	actors_end(&turns, 1);
}

static void soft(void)
{
	static struct actor spins = { .weight = 256 }, other = { .weight = 256, .vcpus = 2 };
	u16 id;

	check(actor_create(&spins), "one that spins");
	id = spins.domu.id;
	set(id, 0, HARD | SOFT, 14, 14);
	check(settles(2, 2) || settles(4, 4) || settles(8, 8), "on one CPU");
	for (u32 cpu = 1; cpu < NCPUS; cpu++) {
		set(id, 0, SOFT, 0, 1 << cpu);
		check(settles(1 << cpu, 1 << cpu), "it moves to CPU %u, where it had rather be", cpu);
	}
	check(actor_create(&other), "another domain, of two");
	set(other.domu.id, 0, HARD, 1 << 3, 0);
	set(other.domu.id, 1, HARD, 1 << 3, 0);
	check(settles(8 | 2, 8 | 2) || settles(8 | 4, 8 | 4), "which takes CPU 3: it makes room");
	set(other.domu.id, 0, HARD, 1 << 2, 0);
	set(other.domu.id, 1, HARD, 1 << 2, 0);
	check(settles(12, 12), "when that CPU is free again it is back");
	actors_end(&other, 1);
	check(settles(8, 8), "and stays");
	actors_end(&spins, 1);
}

static long hotplug(u32 cpu, u32 op)
{
	memset(&sysctl_op, 0, sizeof(sysctl_op));
	sysctl_op.u.cpu_hotplug.cpu = cpu;
	sysctl_op.u.cpu_hotplug.op = op;
	return sysctl(XEN_SYSCTL_cpu_hotplug);
}

/* One that never sleeps is told as well when its CPU is back. */
static void comes_back(u32 flags)
{
	static struct actor spins = { .weight = 256 };

	check(actor_create(&spins), "one that spins");
	set(spins.domu.id, 0, flags, 1 << 3, 1 << 3);
	check(settles(8, 8), "on CPU 3");
	/* Where it goes then is not the same on Xen. */
	check_is(hotplug(3, XEN_SYSCTL_CPU_HOTPLUG_OFFLINE), 0, "which goes offline");
	check(settles(2, 2) || settles(4, 4) || !on_lamina(), "it goes on elsewhere");
	check_is(hotplug(3, XEN_SYSCTL_CPU_HOTPLUG_ONLINE), 0, "and comes back");
	check(settles(8, 8) || !on_lamina(), "and so does it");
	actors_end(&spins, 1);
}

void proof(void)
{
	calls();
	/* This domain keeps to CPU 0. */
	check_is(set(0, 0, HARD, 1, 0), 0, "the control domain stays on CPU 0");
	hard();
	soft();
	comes_back(HARD);
	comes_back(SOFT);
}
