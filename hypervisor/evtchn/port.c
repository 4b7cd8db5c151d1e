/* SPDX-License-Identifier: MIT */
/*
 * States and locks of ports.
 */
#include "evtchn/port.h"

void port_set_state(struct evtchn_port *p, enum port_state state)
{
	SPIN_HOLD_IRQ(&p->lock);

	p->state = state;
}

struct evtchn_port *port_lock_pair(struct evtchn_port *p, u64 *flags)
{
	for (;;) {
		struct evtchn_port *peer;

		*flags = spin_lock_irqsave(&p->lock);
		if (p->state != PORT_INTERDOMAIN)
			return NULL;
		peer = port_at(p->remote, p->remote_port);
		if (spin_trylock(&peer->lock))
			return peer;
		spin_unlock_irqrestore(&p->lock, *flags);
		insn_pause();
	}
}

void port_unlock_pair(struct evtchn_port *p, struct evtchn_port *peer, u64 flags)
{
	if (peer)
		spin_unlock(&peer->lock);
	spin_unlock_irqrestore(&p->lock, flags);
}
