/* SPDX-License-Identifier: MIT */
/*
 * How an event reaches its vCPU: two-level bitmap or FIFO queues.
 *
 * Two kinds and one bit that tells them apart: a branch is cheaper than a call
 * through a table on the path that every event takes.
 */
#pragma once

#include "evtchn/fifo.h"
#include "evtchn/port.h"
#include "evtchn/twolevel.h"

/* Raise @p towards @v. The lock of @p or of its peer is held, interrupts off. */
static inline void deliver_raise(struct domain *d, struct vcpu *v, struct evtchn_port *p)
{
	if (atomic_load(&d->evtchn->use_fifo))
		fifo_raise(d, v, p);
	else
		twolevel_raise(d, v, p->port);
}

static inline void deliver_clear(struct domain *d, struct evtchn_port *p)
{
	if (atomic_load(&d->evtchn->use_fifo))
		fifo_clear(d, p);
	else
		twolevel_clear(d, p->port);
}

/* Unmask, and raise again what became pending while it was masked. */
static inline void deliver_unmask(struct domain *d, struct vcpu *v, struct evtchn_port *p)
{
	if (atomic_load(&d->evtchn->use_fifo))
		fifo_unmask(d, v, p);
	else
		twolevel_unmask(d, v, p->port);
}

static inline bool deliver_pending(struct domain *d, const struct evtchn_port *p)
{
	return atomic_load(&d->evtchn->use_fifo) ? fifo_pending(d, p) : twolevel_pending(d, p->port);
}

static inline bool deliver_masked(struct domain *d, const struct evtchn_port *p)
{
	return atomic_load(&d->evtchn->use_fifo) ? fifo_masked(d, p) : twolevel_masked(d, p->port);
}

/* A closed port is still linked in a queue of its guest and cannot be used anew. */
static inline bool deliver_busy(struct domain *d, const struct evtchn_port *p)
{
	return atomic_load(&d->evtchn->use_fifo) && fifo_busy(d, p);
}
