/* SPDX-License-Identifier: MIT */
/*
 * Raising virtual interrupts.
 *
 * The port number is looked up without a lock; what counts is the port's state
 * under its own lock, which also keeps the port from being closed meanwhile.
 */
#include "evtchn/evtchn.h"
#include "evtchn/table.h"
#include "sched/hotplug.h"

static void raise_virq(struct domain *d, struct vcpu *holder, u32 virq)
{
	u32 port = READ_ONCE(holder->virq_port[virq]);
	struct evtchn_port *p;

	if (!port)
		return;
	p = port_at(d, port);
	SPIN_HOLD_IRQ(&p->lock);
	if (p->state == PORT_VIRQ && p->virq == virq)
		port_raise(d, p);
}

void evtchn_send_virq(struct vcpu *v, u32 virq)
{
	ASSERT(virq < NR_VIRQS && !port_virq_is_global(virq));
	raise_virq(v->domain, v, virq);
}

void evtchn_send_global_virq(u32 virq)
{
	struct vcpu *v = domain_dom0 ? domain_vcpu(domain_dom0, 0) : NULL;

	ASSERT(virq < NR_VIRQS && port_virq_is_global(virq));
	if (v)
		raise_virq(domain_dom0, v, virq);
}

void hotplug_changed(void)
{
	evtchn_send_global_virq(VIRQ_PCPU_STATE);
}
