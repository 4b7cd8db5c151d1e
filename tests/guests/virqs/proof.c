/* SPDX-License-Identifier: MIT */
/*
 * Claim: each virtual interrupt can be bound, once, where it belongs; the others cannot.
 * Attack: global ones on another vCPU, twice; numbers beyond the list.
 * Proves: event_channel_op.VIRQ_TIMER ok refused, event_channel_op.VIRQ_DEBUG ok
 * Proves: event_channel_op.VIRQ_XENPMU ok, event_channel_op.VIRQ_CONSOLE ok, event_channel_op.VIRQ_MCA ok
 * Proves: event_channel_op.VIRQ_PCPU_STATE ok, event_channel_op.VIRQ_DOM_EXC ok
 * Proves: event_channel_op.VIRQ_CON_RING ok, event_channel_op.VIRQ_TBUF ok
 * Proves: event_channel_op.EVTCHNOP_bind_virq ok refused, event_channel_op.EVTCHNOP_bind_ipi ok refused
 * Proves: event_channel_op.EVTCHNOP_bind_vcpu ok refused, event_channel_op.EVTCHNOP_status ok refused
 * SMP: 2
 */
#include "guest.h"

#include <xen/arch-x86/xen-mca.h>

static const struct {
	u8 virq;
	bool global;
} virqs[] = {
	{ VIRQ_TIMER, false },	 { VIRQ_DEBUG, false },	    { VIRQ_XENPMU, false },
	{ VIRQ_CONSOLE, true },	 { VIRQ_DOM_EXC, true },    { VIRQ_TBUF, true },
	{ VIRQ_CON_RING, true }, { VIRQ_PCPU_STATE, true }, { VIRQ_MCA, true },
};

static long bind(u32 virq, u32 vcpu)
{
	evtchn_bind_virq_t op = { .virq = virq, .vcpu = vcpu };
	long rc = event_op(EVTCHNOP_bind_virq, &op);

	return rc ? rc : (long)op.port;
}

static bool status(u32 port, evtchn_status_t *s)
{
	*s = (evtchn_status_t){ .dom = DOMID_SELF, .port = port };
	return event_op(EVTCHNOP_status, s) == 0;
}

void proof(void)
{
	evtchn_bind_ipi_t ipi = { .vcpu = 0 };
	evtchn_bind_vcpu_t move = { .vcpu = 1 };
	evtchn_status_t s;

	for (unsigned int i = 0; i < sizeof(virqs) / sizeof(virqs[0]); i++) {
		u32 virq = virqs[i].virq;
		long port;

		if (virqs[i].global)
			check(bind(virq, 1) == -GUEST_EINVAL, "global virq %u is not vCPU 1's", virq);
		port = bind(virq, 0);
		check(port > 0, "virq %u: port %ld", virq, port);
		check(bind(virq, 0) == -GUEST_EEXIST, "but once");
		check(status((u32)port, &s) && s.status == EVTCHNSTAT_virq && s.u.virq == virq &&
			      s.vcpu == 0,
		      "its status says so");
		move.port = (u32)port;
		if (virqs[i].global) {
			check(event_op(EVTCHNOP_bind_vcpu, &move) == 0 && status((u32)port, &s) &&
				      s.vcpu == 1,
			      "it moves to vCPU 1");
			move.vcpu = 9;
			check(event_op(EVTCHNOP_bind_vcpu, &move) == -GUEST_ENOENT,
			      "but not to one that does not exist");
			move.vcpu = 1;
		} else {
			check(event_op(EVTCHNOP_bind_vcpu, &move) == -GUEST_EINVAL,
			      "a vCPU's own does not move");
			check(bind(virq, 1) > 0, "vCPU 1 has its own");
		}
	}
	check(bind(NR_VIRQS, 0) == -GUEST_EINVAL && bind(0x10000, 0) == -GUEST_EINVAL,
	      "numbers beyond the list");
	check(event_op(EVTCHNOP_bind_ipi, &ipi) == 0 && status(ipi.port, &s) &&
		      s.status == EVTCHNSTAT_ipi,
	      "an interrupt between vCPUs");
	ipi.vcpu = 5;
	check(event_op(EVTCHNOP_bind_ipi, &ipi) == -GUEST_ENOENT,
	      "none to a vCPU that does not exist");
	check(!status(200000, &s), "a port that does not exist has no status");
}
