/* SPDX-License-Identifier: MIT */
/*
 * Giving ports something to stand for: unbound, interdomain, ipi, virq; and
 * the vCPU that is told.
 */
#include "evtchn/evtchn.h"
#include "evtchn/table.h"

int evtchn_alloc_unbound(struct domain *d, u16 remote)
{
	struct evtchn_port *p;
	int rc;

	p = port_alloc(d, &rc);
	if (!p)
		return rc;
	p->remote_domid = remote;
	port_set_state(p, PORT_UNBOUND);
	return (int)p->port;
}

/* Join RESERVED @p of @d and UNBOUND @rp of @rd, if @rp is meant for @d. */
static int join(struct domain *d, struct evtchn_port *p, struct domain *rd, struct evtchn_port *rp)
{
	int rc = -EINVAL;
	u64 flags;

	for (;;) {
		flags = spin_lock_irqsave(&p->lock);
		if (spin_trylock(&rp->lock))
			break;
		spin_unlock_irqrestore(&p->lock, flags);
		insn_pause();
	}
	if (rp->state == PORT_UNBOUND && rp->remote_domid == d->id) {
		p->remote = rd;
		p->remote_port = rp->port;
		p->state = PORT_INTERDOMAIN;
		rp->remote = d;
		rp->remote_port = p->port;
		rp->state = PORT_INTERDOMAIN;
		/* What was sent to the unbound port is lost: let the new end look. */
		port_raise(d, p);
		rc = 0;
	}
	spin_unlock(&rp->lock);
	spin_unlock_irqrestore(&p->lock, flags);
	return rc;
}

int evtchn_bind_interdomain(struct domain *d, struct domain *rd, u32 remote_port)
{
	struct evtchn_port *p, *rp = port_find(rd, remote_port);
	int rc;

	if (!rp)
		return -EINVAL;
	p = port_alloc(d, &rc);
	if (!p)
		return rc;
	rc = p == rp ? -EINVAL : join(d, p, rd, rp);
	if (rc) {
		port_free(d, p);
		return rc;
	}
	return (int)p->port;
}

int evtchn_bind_ipi(struct domain *d, u32 vcpu)
{
	struct evtchn_port *p;
	int rc;

	if (!domain_vcpu(d, vcpu))
		return -ENOENT;
	p = port_alloc(d, &rc);
	if (!p)
		return rc;
	p->notify_vcpu = (u8)vcpu;
	port_set_state(p, PORT_IPI);
	return (int)p->port;
}

int evtchn_bind_virq(struct domain *d, u32 virq, u32 vcpu)
{
	struct vcpu *v = domain_vcpu(d, vcpu);
	struct evtchn_port *p;
	u32 none = 0;
	int rc;

	if (!bound_index(virq, NR_VIRQS) || (port_virq_is_global(virq) && vcpu))
		return -EINVAL;
	if (!v)
		return -ENOENT;
	if (READ_ONCE(v->virq_port[virq]))
		return -EEXIST;
	p = port_alloc(d, &rc);
	if (!p)
		return rc;
	/* Two vCPUs may be here for the same virq. */
	if (!atomic_cmpxchg(&v->virq_port[virq], &none, p->port)) {
		port_free(d, p);
		return -EEXIST;
	}
	p->virq = virq;
	p->notify_vcpu = (u8)vcpu;
	port_set_state(p, PORT_VIRQ);
	return (int)p->port;
}

int evtchn_bind_vcpu(struct domain *d, u32 port, u32 vcpu)
{
	struct evtchn_port *p = port_find(d, port);

	if (!domain_vcpu(d, vcpu))
		return -ENOENT;
	if (!p)
		return -EINVAL;
	SPIN_HOLD_IRQ(&p->lock);
	switch (p->state) {
	case PORT_VIRQ:
		if (!port_virq_is_global(p->virq))
			break;
		__attribute__((fallthrough));
	case PORT_UNBOUND:
	case PORT_INTERDOMAIN:
	case PORT_PIRQ: WRITE_ONCE(p->notify_vcpu, (u8)vcpu); return 0;
	default: break;
	}
	return -EINVAL;
}
