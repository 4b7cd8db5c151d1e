/* SPDX-License-Identifier: MIT */
/*
 * Ports in their table.
 */
#include "evtchn/table.h"

#include "evtchn/deliver.h"
#include "frame/alloc.h"

static u32 port_limit(const struct domain *d)
{
	u32 limit = d->evtchn->use_fifo ? EVTCHN_FIFO_NR_CHANNELS : EVTCHN_2L_NR_CHANNELS;

	return d->max_evtchn_port < limit ? d->max_evtchn_port + 1 : limit;
}

/* Add a page of free ports; evtchn lock held. */
static int table_grow(struct domain *d)
{
	struct evtchn_domain *e = d->evtchn;
	struct evtchn_port *page;
	unsigned int i;

	if (e->nr >= port_limit(d))
		return -ENOSPC;
	page = alloc_page();
	if (!page)
		return -ENOMEM;
	for (i = 0; i < PORTS_PER_PAGE; i++) {
		spin_init(&page[i].lock);
		page[i].port = e->nr + i;
		page[i].priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
	}
	e->page[e->nr / PORTS_PER_PAGE] = page;
	atomic_store(&e->nr, e->nr + PORTS_PER_PAGE);
	return 0;
}

static struct evtchn_port *find_free(struct domain *d, int *error)
{
	struct evtchn_domain *e = d->evtchn;
	u32 start = MAX(e->first_free, e->search), limit = port_limit(d), port;
	bool skipped = e->search;

	e->search = 0;
	for (port = start; port < limit; port++) {
		struct evtchn_port *p;

		if (port > start && !(port % PORTS_PER_PAGE) && softirq_pending()) {
			e->search = port;
			*error = -ERESTART;
			return NULL;
		}
		if (port >= e->nr) {
			*error = table_grow(d);
			if (*error)
				return NULL;
		}
		p = port_at(d, port);
		if (p->state != PORT_FREE)
			continue;
		if (deliver_busy(d, p)) {
			skipped = true;
			continue;
		}
		if (!skipped)
			e->first_free = port + 1;
		return p;
	}
	*error = -ENOSPC;
	return NULL;
}

struct evtchn_port *port_alloc(struct domain *d, int *error)
{
	struct evtchn_domain *e = d->evtchn;
	struct evtchn_port *p = NULL;
	u64 flags;

	spin_lock(&e->lock);
	if (READ_ONCE(d->death) != DOMAIN_ALIVE)
		*error = -ESRCH;
	else if (e->resetting)
		*error = -EAGAIN;
	else
		p = find_free(d, error);
	if (p) {
		flags = spin_lock_irqsave(&p->lock);
		p->state = PORT_RESERVED;
		p->notify_vcpu = 0;
		p->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
		p->fifo_pending = 0;
		p->remote = NULL;
		p->remote_port = 0;
		spin_unlock_irqrestore(&p->lock, flags);
	}
	spin_unlock(&e->lock);
	return p;
}

void port_free(struct domain *d, struct evtchn_port *p)
{
	struct evtchn_domain *e = d->evtchn;
	u64 flags;

	spin_lock(&e->lock);
	flags = spin_lock_irqsave(&p->lock);
	deliver_clear(d, p);
	p->fifo_pending = 0;
	p->state = PORT_FREE;
	spin_unlock_irqrestore(&p->lock, flags);
	if (p->port < e->first_free)
		e->first_free = p->port;
	spin_unlock(&e->lock);
}

int port_close(struct domain *d, u32 port)
{
	struct evtchn_port *p = port_find(d, port), *peer;
	enum port_state state;
	struct vcpu *v;
	u64 flags;

	if (!p)
		return -EINVAL;
	peer = port_lock_pair(p, &flags);
	state = p->state;
	if (state != PORT_FREE && state != PORT_RESERVED)
		p->state = PORT_RESERVED; /* it is ours alone now */
	if (peer) {
		peer->state = PORT_UNBOUND;
		peer->remote = NULL;
		peer->remote_domid = d->id;
	} else if (state == PORT_VIRQ) {
		v = d->vcpu[port_virq_is_global(p->virq) ? 0 : p->notify_vcpu];
		WRITE_ONCE(v->virq_port[p->virq], 0);
	}
	port_unlock_pair(p, peer, flags);

	if (state == PORT_FREE || state == PORT_RESERVED)
		return -EINVAL;
	if (state == PORT_PIRQ)
		evtchn_pirq_close(d, p);
	port_free(d, p);
	return 0;
}

void port_raise(struct domain *d, struct evtchn_port *p)
{
	struct vcpu *v = d->vcpu[READ_ONCE(p->notify_vcpu)];

	/* A domain under construction has ports before it has vCPUs. */
	if (likely(v))
		deliver_raise(d, v, p);
}
