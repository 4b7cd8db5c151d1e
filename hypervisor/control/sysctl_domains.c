/* SPDX-License-Identifier: MIT */
/*
 * sysctl: the list of domains, the scheduler, the one CPU pool.
 */
#include "control/domctl.h"
#include "control/sysctl.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "smp/cpus.h"

/*
 * How far a list has come that goes on in another round: kept in the caller's
 * structure, behind what the operation uses, for the time of the call.
 */
struct sysctl_list {
	u64 mark;
	u32 next, n;
};
#define SYSCTL_LIST_MARK 0x676e6f6c20736920ULL /* whatever a caller leaves there is unlike it */

SYSCTL(getdomaininfolist)
{
	struct xen_sysctl_getdomaininfolist *l = &op->u.getdomaininfolist;
	struct sysctl_list *at = (void *)&op->u.pad[sizeof(op->u.pad) - sizeof(*at)];
	struct xen_domctl_getdomaininfo info;
	struct domain *d;

	if (at->mark != SYSCTL_LIST_MARK)
		*at = (struct sysctl_list){ SYSCTL_LIST_MARK, l->first_domain, 0 };
	while (at->n < l->max_domains && (d = domain_next((u16)at->next)) != NULL) {
		domctl_fill_info(d, &info);
		at->next = d->id + 1U;
		domain_put(d);
		if (!arg_put_at(arg_handle(l->buffer), at->n++, &info))
			return -EFAULT;
		if (preempt_needed())
			return -ERESTART;
	}
	l->num_domains = at->n;
	at->mark = 0;
	return 0;
}

/* The tools know schedulers by number; weights and caps here mean what credit2's do. */
SYSCTL(sched_id)
{
	op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT2;
	return 0;
}

/* A rate limit, the least time between two switches, can be asked for in credit2: here it is 0. */
SYSCTL(scheduler_op)
{
	struct xen_sysctl_scheduler_op *s = &op->u.scheduler_op;
	u32 us = s->u.sched_credit2.ratelimit_us;
	bool valid;

	if (s->cpupool_id)
		return -ESRCH;
	if (s->sched_id != XEN_SCHEDULER_CREDIT2 || s->cmd > XEN_SYSCTL_SCHEDOP_getinfo)
		return -EINVAL;
	if (s->cmd == XEN_SYSCTL_SCHEDOP_putinfo && us) {
		valid = us >= XEN_SYSCTL_SCHED_RATELIMIT_MIN && us <= XEN_SYSCTL_SCHED_RATELIMIT_MAX;
		return valid ? -EOPNOTSUPP : -EINVAL;
	}
	s->u.sched_credit2.ratelimit_us = 0;
	return 0;
}

static u32 sysctl_count_domains(void)
{
	struct domain *d;
	u32 n = 0;

	for_each_domain (d, at)
		n++;
	return n;
}

/*
 * There is one pool, number 0, of all CPUs.  What would make or change one is
 * refused, with the error of what is wrong with it as if pools could be made.
 */
SYSCTL(cpupool_op)
{
	struct xen_sysctl_cpupool_op *p = &op->u.cpupool_op;
	bool cpu = p->cpu < nr_cpus || p->cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY;
	unsigned long cpus = 0; /* none is free */
	struct domain *d;

	if (!p->op || p->op > XEN_SYSCTL_CPUPOOL_OP_FREEINFO)
		return -ENOSYS;
	if (p->op == XEN_SYSCTL_CPUPOOL_OP_CREATE)
		return p->cpupool_id ? -EOPNOTSUPP : -EEXIST;
	if (p->cpupool_id && p->op != XEN_SYSCTL_CPUPOOL_OP_FREEINFO)
		return -ENOENT;
	switch (p->op) {
	case XEN_SYSCTL_CPUPOOL_OP_DESTROY: return -EBUSY;
	case XEN_SYSCTL_CPUPOOL_OP_ADDCPU: return cpu ? -ENODEV : -EINVAL;
	case XEN_SYSCTL_CPUPOOL_OP_RMCPU: return cpu ? -EOPNOTSUPP : -EINVAL;
	case XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN:
		d = domain_get((u16)p->domid);
		if (!d)
			return -ESRCH;
		domain_put(d);
		return d == current->domain ? -EPERM : 0;
	case XEN_SYSCTL_CPUPOOL_OP_INFO:
		p->sched_id = XEN_SCHEDULER_CREDIT2;
		p->n_dom = sysctl_count_domains();
		cpus = cpu_online_map[0];
	}
	return domctl_put_cpumap(&p->cpumap, cpus) ? 0 : -EFAULT;
}
