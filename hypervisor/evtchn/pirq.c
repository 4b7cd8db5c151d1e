/* SPDX-License-Identifier: MIT */
/*
 * Device interrupts as event channels.
 *
 * A pirq is a domain's own number for an irq; the domain binds a port to it.
 * Numbers equal the irq's wherever possible.  The table is made when a domain
 * maps its first one, so ordinary guests have none.
 */
#include "domain/access.h"
#include "evtchn/evtchn.h"
#include "evtchn/table.h"
#include "frame/alloc.h"
#include "irq/irq.h"
#include "x86/bound.h"

#define NR_PIRQS    NR_IRQS
#define NR_ISA_IRQS 16

enum pirq_state { PIRQ_FREE, PIRQ_RESERVED, PIRQ_MAPPED };

struct pirq {
	struct domain *domain;
	u32 number;
	u32 irq;
	u32 port;     /* 0: not bound */
	u8 state;     /* enum pirq_state; the interrupt handler reads port only */
	bool message; /* MSI: the irq is freed with the mapping */
};

struct pirq_table {
	struct spinlock lock; /* protects: changes to entries; never taken in interrupts */
	struct pirq entry[NR_PIRQS];
};

static struct pirq_table *get_table(struct domain *d)
{
	struct evtchn_domain *e = d->evtchn;
	struct pirq_table *t;

	SPIN_HOLD(&e->lock);
	t = e->pirq;
	if (!t) {
		t = alloc_bytes(sizeof(*t));
		for (u32 i = 0; t && i < NR_PIRQS; i++) {
			t->entry[i].domain = d;
			t->entry[i].number = i;
		}
		atomic_store(&e->pirq, t);
	}
	return t;
}

/* The entry of @pirq in the table, if there is one, else NULL. */
static struct pirq *entry_of(struct pirq_table *t, u32 pirq)
{
	return t && bound_index(pirq, NR_PIRQS) ? &t->entry[pirq] : NULL;
}

/* The entry if @pirq is mapped, else NULL. */
static struct pirq *find(struct domain *d, u32 pirq)
{
	struct pirq *p = entry_of(atomic_load(&d->evtchn->pirq), pirq);

	return p && READ_ONCE(p->state) == PIRQ_MAPPED ? p : NULL;
}

static bool all_free(const struct pirq_table *t, u32 first, u32 n, bool reserved_too)
{
	if (first + n > NR_PIRQS)
		return false;
	for (u32 i = first; i < first + n; i++)
		if (t->entry[i].state == PIRQ_MAPPED ||
		    (t->entry[i].state == PIRQ_RESERVED && !reserved_too))
			return false;
	return true;
}

/* @n numbers in a row, @wish if it is to be had; 0 if there are none (0 itself is the timer's). */
static u32 find_free(const struct pirq_table *t, u32 wish, u32 n)
{
	if (all_free(t, wish, n, false))
		return wish;
	for (u32 i = 16; i < NR_PIRQS; i++)
		if (all_free(t, i, n, false))
			return i;
	return 0;
}

static int map(struct domain *d, u32 irq, u32 n, int wanted, bool message)
{
	struct pirq_table *t;
	u32 first;

	if (wanted >= NR_PIRQS)
		return -EINVAL;
	/* The domain of the hardware maps all ISA lines at boot and complains; it is told at binding. */
	if (!message && !(d->hardware && irq < NR_ISA_IRQS)) {
		if (!irq_exists(irq))
			return -EINVAL;
		if (!access_irq(d, irq))
			return -EPERM;
	}
	t = get_table(d);
	if (!t)
		return -ENOMEM;
	SPIN_HOLD(&t->lock);
	first = wanted < 0 ? find_free(t, irq, n) : (u32)wanted;
	if (!message)
		for (u32 i = 0; i < NR_PIRQS; i++)
			/* The same again is no error. */
			if (t->entry[i].state == PIRQ_MAPPED && t->entry[i].irq == irq)
				return wanted < 0 || i == first ? (int)i : -EEXIST;
	if ((wanted < 0 && !first && irq) || !all_free(t, first, n, wanted >= 0))
		return wanted < 0 ? -ENOSPC : -EEXIST;
	for (u32 i = 0; i < n; i++) {
		struct pirq *p = &t->entry[first + i];

		p->irq = irq + i;
		p->port = 0;
		p->message = message;
		atomic_store(&p->state, (u8)PIRQ_MAPPED);
	}
	return (int)first;
}

int evtchn_map_pirq_gsi(struct domain *d, int index, int pirq)
{
	if (index < 0 || (u32)index >= NR_IRQS)
		return -EINVAL;
	return map(d, (u32)index, 1, pirq, false);
}

int evtchn_map_pirq_block(struct domain *d, int irq, u32 n, int pirq)
{
	return map(d, (u32)irq, n, pirq, true);
}

int evtchn_free_pirq(struct domain *d)
{
	struct pirq_table *t = get_table(d);
	u32 pirq;

	if (!t)
		return -ENOMEM;
	SPIN_HOLD(&t->lock);
	pirq = find_free(t, 16, 1);
	if (pirq)
		t->entry[pirq].state = PIRQ_RESERVED;
	return pirq ? (int)pirq : -ENOSPC;
}

/* With the table's lock held: no interrupt reaches the port any more. */
static void disconnect(struct pirq *p)
{
	if (!p->port)
		return;
	irq_unbind(p->irq);
	WRITE_ONCE(p->port, 0);
}

static void unmap(struct pirq *p)
{
	disconnect(p);
	if (p->message)
		irq_msi_free(p->irq);
	p->message = false;
	atomic_store(&p->state, (u8)PIRQ_FREE);
}

int evtchn_unmap_pirq(struct domain *d, u32 pirq)
{
	struct pirq_table *t = atomic_load(&d->evtchn->pirq);
	struct pirq *p = entry_of(t, pirq);

	if (!p)
		return -EINVAL;
	SPIN_HOLD(&t->lock);
	if (p->state == PIRQ_FREE)
		return -EINVAL;
	unmap(p);
	return 0;
}

/* The interrupt: interrupts are off.  It follows the vCPU that its port tells. */
static unsigned int raise(unsigned int irq, void *arg)
{
	struct pirq *pirq = arg;
	struct domain *d = pirq->domain;
	struct evtchn_port *p = port_find(d, READ_ONCE(pirq->port));
	struct vcpu *v;

	if (!p)
		return this_cpu_id();
	spin_lock(&p->lock);
	if (p->state == PORT_PIRQ && p->pirq == pirq->number)
		port_raise(d, p);
	spin_unlock(&p->lock);
	v = d->vcpu[READ_ONCE(p->notify_vcpu)];
	return v ? READ_ONCE(v->processor) : this_cpu_id();
}

int evtchn_bind_pirq(struct domain *d, u32 pirq, u32 flags)
{
	struct pirq_table *t = atomic_load(&d->evtchn->pirq);
	struct pirq *entry = entry_of(t, pirq);
	struct evtchn_port *p;
	int error;

	/* Sharing a line between domains is not offered, so there is nothing to permit. */
	if (flags & ~BIND_PIRQ__WILL_SHARE || !entry)
		return -EINVAL;
	p = port_alloc(d, &error);
	if (!p)
		return error;
	spin_lock(&t->lock);
	error = -EINVAL;
	if (entry->state != PIRQ_MAPPED)
		goto fail;
	error = -EPERM;
	if (!entry->message && !access_irq(d, entry->irq))
		goto fail;
	error = -EEXIST;
	if (entry->port)
		goto fail;
	p->pirq = pirq;
	port_set_state(p, PORT_PIRQ);
	WRITE_ONCE(entry->port, p->port);
	error = irq_bind(entry->irq, (struct irq_action){ .fn = raise, .arg = entry });
	if (error) {
		WRITE_ONCE(entry->port, 0);
		goto fail;
	}
	error = (int)p->port;
	spin_unlock(&t->lock);
	return error;
fail:
	spin_unlock(&t->lock);
	port_free(d, p);
	return error;
}

void evtchn_pirq_close(struct domain *d, struct evtchn_port *p)
{
	struct pirq_table *t = atomic_load(&d->evtchn->pirq);

	if (!t)
		return;
	SPIN_HOLD(&t->lock);
	/* Unmapped since, and perhaps bound to another port: not ours any more then. */
	if (t->entry[p->pirq].port == p->port)
		disconnect(&t->entry[p->pirq]);
}

void evtchn_eoi_pirq(struct domain *d, u32 pirq)
{
	struct pirq *p = find(d, pirq);

	if (p)
		irq_guest_eoi(READ_ONCE(p->irq));
}

bool evtchn_pirq_needs_eoi(struct domain *d, u32 pirq)
{
	struct pirq *p = find(d, pirq);

	return p && irq_is_level(READ_ONCE(p->irq));
}

bool evtchn_pirq_mapped(struct domain *d, u32 pirq)
{
	return find(d, pirq) != NULL;
}

void evtchn_pirq_destroy(struct domain *d)
{
	struct pirq_table *t = d->evtchn->pirq;

	if (!t)
		return;
	for (u32 i = 0; i < NR_PIRQS; i++)
		if (t->entry[i].state == PIRQ_MAPPED)
			unmap(&t->entry[i]);
	d->evtchn->pirq = NULL;
	alloc_free_bytes(t);
}
