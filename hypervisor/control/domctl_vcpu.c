/* SPDX-License-Identifier: MIT */
/*
 * domctl: vCPU contexts, affinity, scheduling.
 */
#include "control/domctl.h"
#include "frame/alloc.h"
#include "hypercall/arg.h"
#include "pv/pv.h"
#include "sched/pause.h"
#include "smp/cpus.h"

/* The error for vCPU @id, which is not there. */
static long domctl_no_vcpu(const struct domain *d, u32 id)
{
	return id < d->max_vcpus ? -ESRCH : -EINVAL;
}

DOMCTL(setvcpucontext)
{
	struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
	vcpu_guest_context_t *c;
	long rc;

	if (!v || d == current->domain)
		return v ? -EINVAL : domctl_no_vcpu(d, op->u.vcpucontext.vcpu);
	if (!arg_handle(op->u.vcpucontext.ctxt)) /* reset: nothing a PV guest needs */
		return -EOPNOTSUPP;
	c = alloc_bytes(sizeof(*c));
	if (!c)
		return -ENOMEM;
	if (!arg_get(c, arg_handle(op->u.vcpucontext.ctxt))) {
		rc = -EFAULT;
	} else {
		pause_domain(d);
		rc = context_set(v, c);
		if (!rc) {
			v->initialised = true;
			if (c->flags & VGCF_online)
				atomic_and(&v->pause_flags, ~(1U << VCPU_DOWN));
		}
		pause_domain_undo(d);
	}
	alloc_free_bytes(c);
	return rc == -EINTR ? -ERESTART : rc;
}

DOMCTL(getvcpucontext)
{
	struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
	vcpu_guest_context_t *c;
	long rc;

	if (!v || d == current->domain)
		return v ? -EINVAL : domctl_no_vcpu(d, op->u.vcpucontext.vcpu);
	if (!v->initialised)
		return -ENODATA;
	c = alloc_bytes(sizeof(*c));
	if (!c)
		return -ENOMEM;
	pause_domain(d);
	context_get(v, c);
	pause_domain_undo(d);
	rc = arg_put(arg_handle(op->u.vcpucontext.ctxt), c) ? 0 : -EFAULT;
	alloc_free_bytes(c);
	return rc;
}

DOMCTL(getvcpuinfo)
{
	struct vcpu *v = domain_vcpu(d, op->u.getvcpuinfo.vcpu);
	struct xen_domctl_getvcpuinfo *info = &op->u.getvcpuinfo;
	u32 pf;

	if (!v)
		return domctl_no_vcpu(d, op->u.getvcpuinfo.vcpu);
	pf = READ_ONCE(v->pause_flags);
	info->online = !(pf & 1U << VCPU_DOWN);
	info->blocked = !!(pf & (1U << VCPU_BLOCKED | 1U << VCPU_POLLING));
	info->running = READ_ONCE(v->running);
	info->cpu_time = sched_vcpu_time(v);
	info->cpu = v->processor;
	return 0;
}

static long domctl_set_affinity(struct vcpu *v, struct xen_domctl_vcpuaffinity *a)
{
	unsigned long hard, soft, map;
	int rc;

	sched_get_affinity(v, &hard, &soft);
	if (a->flags & XEN_VCPUAFFINITY_HARD) {
		if (!domctl_get_cpumap(&a->cpumap_hard, &map))
			return -EFAULT;
		hard = map;
	}
	if (a->flags & XEN_VCPUAFFINITY_SOFT) {
		if (!domctl_get_cpumap(&a->cpumap_soft, &map))
			return -EFAULT;
		soft = map;
	}
	rc = sched_set_affinity(v, hard, soft);
	if (rc)
		return rc;
	if (a->flags & XEN_VCPUAFFINITY_HARD &&
	    !domctl_put_cpumap(&a->cpumap_hard, hard & cpu_online_map[0]))
		return -EFAULT;
	if (a->flags & XEN_VCPUAFFINITY_SOFT &&
	    !domctl_put_cpumap(&a->cpumap_soft, soft & hard & cpu_online_map[0]))
		return -EFAULT;
	return 0;
}

DOMCTL(vcpuaffinity)
{
	struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
	struct vcpu *v = domain_vcpu(d, a->vcpu);
	unsigned long hard, soft;

	if (!v)
		return domctl_no_vcpu(d, a->vcpu);
	if (!a->flags ||
	    a->flags & ~(XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT | XEN_VCPUAFFINITY_FORCE))
		return -EINVAL;
	if (op->cmd == XEN_DOMCTL_setvcpuaffinity)
		return domctl_set_affinity(v, a);
	sched_get_affinity(v, &hard, &soft);
	if (a->flags & XEN_VCPUAFFINITY_HARD && !domctl_put_cpumap(&a->cpumap_hard, hard))
		return -EFAULT;
	if (a->flags & XEN_VCPUAFFINITY_SOFT && !domctl_put_cpumap(&a->cpumap_soft, soft))
		return -EFAULT;
	return 0;
}

/* One memory node: any set that holds it is right. */
DOMCTL(nodeaffinity)
{
	struct xen_domctl_nodeaffinity *n = &op->u.nodeaffinity;
	unsigned long nodes = 1;

	if (op->cmd == XEN_DOMCTL_getnodeaffinity)
		return domctl_put_cpumap(&n->nodemap, nodes) ? 0 : -EFAULT;
	if (!domctl_get_cpumap(&n->nodemap, &nodes))
		return -EFAULT;
	return nodes & 1 ? 0 : -EINVAL;
}

/* As credit2: settings are a domain's, not a vCPU's; a cap is no more than its vCPUs can use. */
DOMCTL(scheduler_op)
{
	struct xen_domctl_scheduler_op *s = &op->u.scheduler_op;
	struct sched_params p;

	if (s->sched_id != XEN_SCHEDULER_CREDIT2)
		return -EINVAL;
	sched_get_params(d, &p);
	switch (s->cmd) {
	case XEN_DOMCTL_SCHEDOP_getinfo:
		s->u.credit2.weight = (u16)p.weight;
		s->u.credit2.cap = (u16)p.cap;
		return 0;
	case XEN_DOMCTL_SCHEDOP_putinfo:
		if (s->u.credit2.cap > 100 * d->max_vcpus)
			return -EINVAL;
		if (s->u.credit2.weight)
			p.weight = s->u.credit2.weight;
		p.cap = s->u.credit2.cap;
		sched_set_params(d, &p);
		return 0;
	}
	return -EINVAL;
}
