/* SPDX-License-Identifier: MIT */
/*
 * A port and the table it is in: states and locks.
 *
 * Locks.  The domain's evtchn lock (struct evtchn_domain.lock, never taken in
 * interrupts) protects allocation: table growth and FREE -> RESERVED, and the
 * set-up of FIFO delivery.  Every other change of a port's state happens under
 * the port's own lock, irqsave.  A change to or from INTERDOMAIN holds the
 * locks of both ends, so whoever holds one end's lock and sees INTERDOMAIN may
 * use the other end: its domain cannot go away.  There is no order between the
 * two: the second is only tried (port_lock_pair()).
 *
 * The table only grows; its memory lives until the domain is freed.
 */
#pragma once

#include "domain/vcpu.h"
#include "x86/bound.h"

#define PORTS_PER_PAGE 128
#define PORT_PAGES     (EVTCHN_FIFO_NR_CHANNELS / PORTS_PER_PAGE)

enum port_state {
	PORT_FREE,
	PORT_RESERVED, /* allocated, not yet in use; also port 0 for ever */
	PORT_UNBOUND,
	PORT_INTERDOMAIN,
	PORT_PIRQ,
	PORT_VIRQ,
	PORT_IPI,
};

struct evtchn_port {
	struct spinlock lock;
	u32 port;
	u8 state;	       /* enum port_state */
	u8 notify_vcpu;	       /* who is told */
	u8 priority;	       /* FIFO: 0 (highest) .. 15 */
	u8 fifo_pending;       /* FIFO: raised while its event word did not exist yet */
	struct domain *remote; /* INTERDOMAIN */
	union {
		u32 remote_port; /* INTERDOMAIN */
		u32 virq;	 /* VIRQ */
		u32 pirq;	 /* PIRQ */
	};
	u16 remote_domid; /* UNBOUND: who may bind */
	u16 fifo_last;	  /* queue it was last linked on: vcpu * 16 + priority */
};

_Static_assert(sizeof(struct evtchn_port) * PORTS_PER_PAGE == PAGE_SIZE, "ports fill a page");

struct fifo_domain;

struct evtchn_domain {
	struct spinlock lock;
	u32 nr;		  /* ports that exist; grows only, published with release */
	u32 first_free;	  /* all ports below are in use; a hint */
	bool use_fifo;	  /* delivery: FIFO queues, else two-level bitmap */
	bool resetting;	  /* no allocation until reset is done */
	u32 close_cursor; /* progress of evtchn_close_some() */
	u32 search;   /* where a search, or the check after a reset, goes on; 0: from the start */
	u32 switched; /* ports looked at in turning delivery over to FIFO */
	struct fifo_domain *fifo; /* kept from first use to the end */
	void *pirq;		  /* evtchn/pirq.c's */
	struct evtchn_port *page[PORT_PAGES];
};

/* Port @port of @d, which is known to exist. Any context. */
static inline struct evtchn_port *port_at(struct domain *d, u32 port)
{
	return &d->evtchn->page[port / PORTS_PER_PAGE][port % PORTS_PER_PAGE];
}

/* Port @port of @d, or NULL if there is none of that number. Any context. */
static inline struct evtchn_port *port_find(struct domain *d, u32 port)
{
	return bound_index(port, atomic_load(&d->evtchn->nr)) ? port_at(d, port) : NULL;
}

/* RESERVED to a state whose fields the caller has filled; takes the port's lock. */
void port_set_state(struct evtchn_port *p, enum port_state state);

/* Lock @p and, if it is INTERDOMAIN, its peer too, which is returned (else NULL). */
struct evtchn_port *port_lock_pair(struct evtchn_port *p, u64 *flags);
void port_unlock_pair(struct evtchn_port *p, struct evtchn_port *peer, u64 flags);

/* Whether virtual interrupt @virq is one for a domain, not one for each vCPU. */
static inline bool port_virq_is_global(u32 virq)
{
	return virq != VIRQ_TIMER && virq != VIRQ_DEBUG && virq != VIRQ_XENOPROF &&
	       virq != VIRQ_XENPMU;
}
