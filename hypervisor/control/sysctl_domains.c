/* SPDX-License-Identifier: MIT */
/*
 * sysctl: the list of domains, the scheduler, the one CPU pool.
 */
#include "control/domctl.h"
#include "control/sysctl.h"
#include "hypercall/arg.h"
#include "smp/cpus.h"

SYSCTL(getdomaininfolist)
{
	struct xen_sysctl_getdomaininfolist *l = &op->u.getdomaininfolist;
	struct xen_domctl_getdomaininfo info;
	u16 next = l->first_domain;
	u32 n = 0;

	while (n < l->max_domains) {
		struct domain *d = domain_next(next);

		if (!d)
			break;
		domctl_fill_info(d, &info);
		next = d->id + 1;
		domain_put(d);
		if (!arg_put_at(arg_handle(l->buffer), n, &info))
			return -EFAULT;
		n++;
	}
	l->num_domains = n;
	*answer = true;
	return 0;
}

/* The tools know schedulers by number; weights and caps here mean what credit2's do. */
SYSCTL(sched_id)
{
	op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT2;
	*answer = true;
	return 0;
}

SYSCTL(scheduler_op)
{
	struct xen_sysctl_scheduler_op *s = &op->u.scheduler_op;

	if (s->sched_id != XEN_SCHEDULER_CREDIT2 || s->cpupool_id)
		return -EINVAL;
	if (s->cmd != XEN_SYSCTL_SCHEDOP_getinfo)
		return -EOPNOTSUPP;
	s->u.sched_credit2.ratelimit_us = 0;
	*answer = true;
	return 0;
}

static u32 sysctl_count_domains(void)
{
	struct domain *d;
	u16 next = 0;
	u32 n = 0;

	while ((d = domain_next(next)) != NULL) {
		next = d->id + 1;
		domain_put(d);
		n++;
	}
	return n;
}

/* There is one pool, number 0, of all CPUs. */
SYSCTL(cpupool_op)
{
	struct xen_sysctl_cpupool_op *p = &op->u.cpupool_op;

	switch (p->op) {
	case XEN_SYSCTL_CPUPOOL_OP_INFO:
		if (p->cpupool_id)
			return -ENOENT;
		p->sched_id = XEN_SCHEDULER_CREDIT2;
		p->n_dom = sysctl_count_domains();
		*answer = true;
		return domctl_put_cpumap(&p->cpumap, cpu_online_map[0]) ? 0 : -EFAULT;
	case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
		*answer = true;
		return domctl_put_cpumap(&p->cpumap, 0) ? 0 : -EFAULT;
	case XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN: return p->cpupool_id ? -ENOENT : 0;
	}
	return -EOPNOTSUPP;
}
