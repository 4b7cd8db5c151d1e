/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 reads and sets weight and cap as credit2's, and finds one pool of all CPUs.
 * Attack: another scheduler, single vCPUs' settings, caps and rate limits that cannot be; pools, CPUs and
 *	domains that do not exist; pools to be made.
 * Defence: control/domctl_vcpu.c, control/sysctl_domains.c.
 * SMP: 2
 *
 * Proves: domctl.XEN_DOMCTL_scheduler_op ok refused
 * Proves: domctl.XEN_DOMCTL_SCHEDOP_getinfo ok refused
 * Proves: domctl.XEN_DOMCTL_SCHEDOP_putinfo ok refused
 * Proves: domctl.XEN_DOMCTL_SCHEDOP_getvcpuinfo refused
 * Proves: domctl.XEN_DOMCTL_SCHEDOP_putvcpuinfo refused
 * Proves: sysctl.XEN_SYSCTL_scheduler_op ok refused
 * Proves: sysctl.XEN_SYSCTL_CPUPOOL_OP_INFO ok refused
 * Proves: sysctl.XEN_SYSCTL_CPUPOOL_OP_FREEINFO ok refused
 * Proves: sysctl.XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN ok refused
 * Proves: sysctl.XEN_SYSCTL_CPUPOOL_OP_CREATE refused
 * Proves: sysctl.XEN_SYSCTL_CPUPOOL_OP_DESTROY refused
 * Proves: sysctl.XEN_SYSCTL_CPUPOOL_OP_ADDCPU refused
 * Proves: sysctl.XEN_SYSCTL_CPUPOOL_OP_RMCPU refused
 */
#include "guest.h"

#define NOWHERE ((void *)0xdead0000)
#define CREDIT2 (domctl_op.u.scheduler_op.u.credit2)

static long d;
static u64 cpus[2];

static long schedop(u32 cmd, u32 scheduler, u16 domid)
{
	domctl_op.u.scheduler_op.sched_id = scheduler;
	domctl_op.u.scheduler_op.cmd = cmd;
	return domctl(XEN_DOMCTL_scheduler_op, domid);
}

static long set(u32 weight, u32 cap)
{
	memset(&domctl_op, 0, sizeof(domctl_op));
	CREDIT2.weight = (u16)weight;
	CREDIT2.cap = (u16)cap;
	return schedop(XEN_DOMCTL_SCHEDOP_putinfo, XEN_SCHEDULER_CREDIT2, (u16)d);
}

static bool has(u32 weight, u32 cap)
{
	memset(&domctl_op, 0xaa, sizeof(domctl_op));
	return schedop(XEN_DOMCTL_SCHEDOP_getinfo, XEN_SCHEDULER_CREDIT2, (u16)d) == 0 &&
	       CREDIT2.weight == weight && CREDIT2.cap == cap;
}

static void parameters(void)
{
	xen_domctl_schedparam_vcpu_t one = { .vcpuid = 0 };

	check(has(256, 0), "a new domain: weight 256, no cap");
	check(set(512, 40) == 0 && has(512, 40), "weight 512 and a cap of 40%%");
	check(set(0, 60) == 0 && has(512, 60), "a weight of 0 leaves it");
	check(set(300, 0xffff) == -GUEST_EINVAL, "a cap of 65535%%");
	check_is(set(65535, 200), 0, "the heaviest, two CPUs");
	check(has(65535, 200), "so it is");
	check(set(1, 0) == 0 && has(1, 0), "the lightest, no cap");
	check_is(set(256, 201), -GUEST_EINVAL, "a cap of more than two vCPUs can use");
	check(has(1, 0) || !on_lamina(), "changes nothing"); /* Xen has set the weight by then */
	for (u32 i = 0; i < 20; i++)
		if (i != XEN_SCHEDULER_CREDIT2 &&
		    (schedop(XEN_DOMCTL_SCHEDOP_getinfo, i, (u16)d) != -GUEST_EINVAL ||
		     schedop(XEN_DOMCTL_SCHEDOP_putinfo, i, (u16)d) != -GUEST_EINVAL))
			check(false, "scheduler %u", i);
	check_is(schedop(XEN_DOMCTL_SCHEDOP_getinfo, XEN_SCHEDULER_CREDIT2, 999), -GUEST_ESRCH,
		 "of no domain");
	check_is(schedop(XEN_DOMCTL_SCHEDOP_putinfo, XEN_SCHEDULER_CREDIT2, 999), -GUEST_ESRCH,
		 "set of no domain");
	/* XEN_DOMCTL_SCHEDOP_getvcpuinfo, and some that are nothing. */
	for (u32 cmd = XEN_DOMCTL_SCHEDOP_putvcpuinfo; cmd < 7; cmd++) {
		memset(&domctl_op, 0, sizeof(domctl_op));
		domctl_op.u.scheduler_op.u.v.nr_vcpus = 1;
		set_xen_guest_handle(domctl_op.u.scheduler_op.u.v.vcpus, &one);
		check_is(schedop(cmd, XEN_SCHEDULER_CREDIT2, (u16)d), -GUEST_EINVAL,
			 "vCPUs one by one");
	}
}

static long rate(u32 cmd, u32 us)
{
	memset(&sysctl_op, 0, sizeof(sysctl_op));
	sysctl_op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
	sysctl_op.u.scheduler_op.cmd = cmd;
	sysctl_op.u.scheduler_op.u.sched_credit2.ratelimit_us = us;
	return sysctl(XEN_SYSCTL_scheduler_op);
}

static void machine(void)
{
	struct xen_sysctl_scheduler_op *s = &sysctl_op.u.scheduler_op;

	check_is(rate(XEN_SYSCTL_SCHEDOP_getinfo, 77), 0, "the rate limit");
	check(s->u.sched_credit2.ratelimit_us == 0 || !on_lamina(), "there is none: %u",
	      s->u.sched_credit2.ratelimit_us);
	check_is(rate(XEN_SYSCTL_SCHEDOP_putinfo, 0), 0, "none is asked for");
	check_is(rate(XEN_SYSCTL_SCHEDOP_putinfo, 99), -GUEST_EINVAL, "99 us");
	check_is(rate(XEN_SYSCTL_SCHEDOP_putinfo, 500001), -GUEST_EINVAL, "half a second and one");
	check_is(rate(XEN_SYSCTL_SCHEDOP_putinfo, 1000), on_lamina() ? -GUEST_EOPNOTSUPP : 0,
		 "a millisecond");
	check_is(rate(7, 0), -GUEST_EINVAL, "an operation that does not exist");
	s->cmd = XEN_SYSCTL_SCHEDOP_getinfo;
	s->sched_id = XEN_SCHEDULER_CREDIT;
	check_is(sysctl(XEN_SYSCTL_scheduler_op), -GUEST_EINVAL, "another scheduler");
	s->sched_id = XEN_SCHEDULER_CREDIT2;
	s->cpupool_id = 5;
	check_is(sysctl(XEN_SYSCTL_scheduler_op), -GUEST_ESRCH, "of a pool that does not exist");
}

static long pool(u32 what, u32 id, u16 domid, u32 cpu, void *map)
{
	struct xen_sysctl_cpupool_op *p = &sysctl_op.u.cpupool_op;

	memset(&sysctl_op, 0, sizeof(sysctl_op));
	memset(cpus, 0xaa, sizeof(cpus));
	p->op = what;
	p->cpupool_id = id;
	p->domid = domid;
	p->cpu = cpu;
	p->cpumap.nr_bits = 64;
	p->sched_id = XEN_SCHEDULER_CREDIT2;
	set_xen_guest_handle(p->cpumap.bitmap, map);
	return sysctl(XEN_SYSCTL_cpupool_op);
}

static void pools(void)
{
	const struct xen_sysctl_cpupool_op *p = &sysctl_op.u.cpupool_op;

	check(pool(XEN_SYSCTL_CPUPOOL_OP_INFO, 0, 0, 0, cpus) == 0 && p->cpupool_id == 0 &&
		      p->sched_id == XEN_SCHEDULER_CREDIT2,
	      "pool 0, credit2");
	check(p->n_dom == 2 && cpus[0] == 3 && cpus[1] == 0xaaaaaaaaaaaaaaaa,
	      "two domains, two CPUs: %u, %lx", p->n_dom, cpus[0]);
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_INFO, 1, 0, 0, cpus), -GUEST_ENOENT, "there is no next");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_INFO, ~0U, 0, 0, cpus), -GUEST_ENOENT, "nor a last");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_INFO, 0, 0, 0, NOWHERE), -GUEST_EFAULT, "told nowhere");
	check(pool(XEN_SYSCTL_CPUPOOL_OP_FREEINFO, 0, 0, 0, cpus) == 0 && cpus[0] == 0,
	      "no CPU is free");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_FREEINFO, 0, 0, 0, NOWHERE), -GUEST_EFAULT,
		 "told nowhere");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 0, (u16)d, 0, cpus), 0,
		 "a domain is moved where it is");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 5, (u16)d, 0, cpus), -GUEST_ENOENT,
		 "to no pool");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 0, 999, 0, cpus), -GUEST_ESRCH, "no domain");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 0, 0, 0, cpus), -GUEST_EPERM, "dom0 itself");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 0, 0, 0, cpus), -GUEST_EBUSY,
		 "the pool with all domains is not destroyed");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 5, 0, 0, cpus), -GUEST_ENOENT,
		 "nor one that is not there");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, 0, 1, cpus), -GUEST_ENODEV,
		 "a CPU that is not free is not added");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, 0, 2, cpus), -GUEST_EINVAL,
		 "nor one that is not there");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 5, 0, 1, cpus), -GUEST_ENOENT, "nor to no pool");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, 0, XEN_SYSCTL_CPUPOOL_PAR_ANY, cpus),
		 -GUEST_ENODEV, "any");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 0, 0, 2, cpus), -GUEST_EINVAL,
		 "one that is not there is not taken away");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 5, 0, 1, cpus), -GUEST_ENOENT, "nor from no pool");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 0, 0, 1, cpus),
		 on_lamina() ? -GUEST_EOPNOTSUPP : 0, "nor from the pool of all");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_CREATE, XEN_SYSCTL_CPUPOOL_PAR_ANY, 0, 0, cpus),
		 on_lamina() ? -GUEST_EOPNOTSUPP : 0, "a second pool is not made");
	check_is(pool(XEN_SYSCTL_CPUPOOL_OP_CREATE, 0, 0, 0, cpus), -GUEST_EEXIST,
		 "nor the first again");
	check_is(pool(99, 0, 0, 0, cpus), -GUEST_ENOSYS, "an operation that does not exist");
}

void proof(void)
{
	d = control_create(2);
	domctl_op.u.max_vcpus.max = 2;
	check_is(domctl(XEN_DOMCTL_max_vcpus, (u16)d), 0, "a domain of two vCPUs");
	parameters();
	machine();
	pools();
	check_is(control_destroy((u16)d), 0, "it is destroyed");
}
