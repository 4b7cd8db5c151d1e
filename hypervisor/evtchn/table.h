/* SPDX-License-Identifier: MIT */
/*
 * Ports in their table: allocating, raising, closing.
 */
#pragma once

#include "evtchn/port.h"

/*
 * A RESERVED port of @d for vCPU 0, or NULL with *@error: -ENOSPC, -ENOMEM,
 * -EAGAIN (being reset), -ESRCH (dying), -ERESTART (call again).  Takes and drops the evtchn lock.  The
 * caller then gives it a state with port_set_state() or port_free()s it.
 */
struct evtchn_port *port_alloc(struct domain *d, int *error) __must_check;

/* Any state to FREE; the peer, virq or pirq has been let go before. Port lock not held. */
void port_free(struct domain *d, struct evtchn_port *p);

/* Close @port of @d whatever it is bound to. -EINVAL if free, reserved or out of range. */
int port_close(struct domain *d, u32 port);

/* Deliver on @p of @d to its vCPU. Any context; @p's lock (or its peer's) is held. */
void port_raise(struct domain *d, struct evtchn_port *p);

/* Provided by evtchn/pirq.c: @p, a PIRQ port, is being closed; no lock held. */
void evtchn_pirq_close(struct domain *d, struct evtchn_port *p);
/* Provided by evtchn/pirq.c: frees what it keeps at evtchn_domain.pirq; at the domain's end. */
void evtchn_pirq_destroy(struct domain *d);
