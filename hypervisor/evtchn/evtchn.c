/* SPDX-License-Identifier: MIT */
/*
 * Event channels: life of a domain's table, sending, and the small calls.
 */
#include "evtchn/evtchn.h"

#include "console/log.h"
#include "evtchn/deliver.h"
#include "evtchn/table.h"
#include "frame/alloc.h"

int evtchn_create_domain(struct domain *d)
{
	struct evtchn_domain *e = alloc_bytes(sizeof(*e));
	struct evtchn_port *p;
	int rc;

	if (!e)
		return -ENOMEM;
	spin_init(&e->lock);
	d->evtchn = e;
	p = port_alloc(d, &rc); /* port 0 stays RESERVED: no event has that number */
	if (!p) {
		evtchn_destroy_domain(d);
		return rc;
	}
	return 0;
}

void evtchn_destroy_domain(struct domain *d)
{
	struct evtchn_domain *e = d->evtchn;

	if (!e)
		return;
	evtchn_pirq_destroy(d);
	fifo_destroy(d);
	(void)evtchn_free_some(d, PORT_PAGES);
	d->evtchn = NULL;
	alloc_free_bytes(e);
}

bool evtchn_free_some(struct domain *d, unsigned int n)
{
	struct evtchn_domain *e = d->evtchn;

	for (; n && e->nr; n--) {
		e->nr -= PORTS_PER_PAGE;
		alloc_free_page(e->page[e->nr / PORTS_PER_PAGE]);
	}
	return !e->nr;
}

bool evtchn_close_some(struct domain *d, unsigned int n)
{
	struct evtchn_domain *e = d->evtchn;

	for (; n && e->close_cursor < e->nr; n--)
		(void)port_close(d, e->close_cursor++);
	return e->close_cursor >= e->nr;
}

/*
 * Whether no port but 0 is in use; false also if other work waits, and to be
 * asked again.  With allocation stopped and the evtchn lock held a free port
 * stays free, and no sender can be at work: the last one let go of the port's
 * lock before the port became free.
 */
static bool all_free(struct domain *d)
{
	struct evtchn_domain *e = d->evtchn;

	while (++e->search < e->nr) {
		if (READ_ONCE(port_at(d, e->search)->state) != PORT_FREE) {
			e->search = e->close_cursor = 0;
			return false;
		}
		if (!(e->search % PORTS_PER_PAGE) && softirq_pending())
			return false;
	}
	e->search = 0;
	return true;
}

int evtchn_reset(struct domain *d)
{
	struct evtchn_domain *e = d->evtchn;

	spin_lock(&e->lock);
	if (!e->resetting) {
		e->resetting = true;
		e->close_cursor = e->search = 0;
	}
	spin_unlock(&e->lock);

	/* Two vCPUs of one guest may be here; both then sweep, each port falls to one. */
	if (!evtchn_close_some(d, 64))
		return -ERESTART;
	SPIN_HOLD(&e->lock);
	if (!e->resetting)
		return 0;
	if (!all_free(d))
		return -ERESTART;
	fifo_reset(d);
	e->first_free = 1;
	e->close_cursor = 0;
	e->resetting = false;
	return 0;
}

void evtchn_release_pages(struct domain *d)
{
	SPIN_HOLD(&d->evtchn->lock);
	fifo_reset(d);
}

int evtchn_send(struct domain *d, u32 port)
{
	struct evtchn_port *p = port_find(d, port);

	if (unlikely(!p))
		return -EINVAL;
	SPIN_HOLD_IRQ(&p->lock);
	switch (p->state) {
	case PORT_INTERDOMAIN: port_raise(p->remote, port_at(p->remote, p->remote_port)); break;
	case PORT_IPI: port_raise(d, p); break;
	case PORT_UNBOUND: /* nobody listens, as on an open line */ break;
	default: return -EINVAL;
	}
	return 0;
}

bool evtchn_port_valid(struct domain *d, u32 port)
{
	struct evtchn_port *p = port_find(d, port);

	return p && READ_ONCE(p->state) > PORT_RESERVED;
}

bool evtchn_port_pending(struct domain *d, u32 port)
{
	struct evtchn_port *p = port_find(d, port);

	if (!p)
		return false;
	SPIN_HOLD_IRQ(&p->lock);
	return p->state > PORT_RESERVED && deliver_pending(d, p);
}

int evtchn_close(struct domain *d, u32 port)
{
	return port_close(d, port);
}

int evtchn_unmask(struct domain *d, u32 port)
{
	struct evtchn_port *p = port_find(d, port);
	struct vcpu *v;

	if (unlikely(!p))
		return -EINVAL;
	SPIN_HOLD_IRQ(&p->lock);
	v = d->vcpu[p->notify_vcpu];
	if (p->state <= PORT_RESERVED || !v)
		return -EINVAL;
	deliver_unmask(d, v, p);
	return 0;
}

int evtchn_status(struct domain *d, u32 port, evtchn_status_t *out)
{
	struct evtchn_port *p = port_find(d, port);

	if (!p)
		return -EINVAL;
	SPIN_HOLD_IRQ(&p->lock);
	out->vcpu = p->notify_vcpu;
	switch (p->state) {
	case PORT_UNBOUND:
		out->status = EVTCHNSTAT_unbound;
		out->u.unbound.dom = p->remote_domid;
		break;
	case PORT_INTERDOMAIN:
		out->status = EVTCHNSTAT_interdomain;
		out->u.interdomain.dom = p->remote->id;
		out->u.interdomain.port = p->remote_port;
		break;
	case PORT_PIRQ:
		out->status = EVTCHNSTAT_pirq;
		out->u.pirq = p->pirq;
		break;
	case PORT_VIRQ:
		out->status = EVTCHNSTAT_virq;
		out->u.virq = p->virq;
		break;
	case PORT_IPI: out->status = EVTCHNSTAT_ipi; break;
	default: out->status = EVTCHNSTAT_closed; break;
	}
	return 0;
}

bool evtchn_dump(struct domain *d, u32 port)
{
	static const char *const names[] = { "free", "reserved", "unbound", "interdomain",
					     "pirq", "virq",	 "ipi" };
	struct evtchn_port *p = port_find(d, port);
	struct evtchn_port copy;
	bool pending, masked;
	u32 peer;
	u64 flags;

	if (!port)
		log_err("domain %u: %s delivery, %u ports\n", d->id,
			d->evtchn->use_fifo ? "FIFO" : "two-level", d->evtchn->nr);
	if (!port || !p)
		return !port;
	flags = spin_lock_irqsave(&p->lock);
	copy = *p;
	peer = p->state == PORT_INTERDOMAIN ? p->remote->id : p->remote_domid;
	pending = deliver_pending(d, p);
	masked = deliver_masked(d, p);
	spin_unlock_irqrestore(&p->lock, flags);
	if (copy.state > PORT_RESERVED)
		log_err("  %4u v%u %c%c %s peer d%u detail %u\n", port, copy.notify_vcpu,
			pending ? 'P' : '-', masked ? 'M' : '-', names[copy.state], peer,
			copy.remote_port);
	return true;
}
