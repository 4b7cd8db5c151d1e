/* SPDX-License-Identifier: MIT */
/*
 * Claim: no event channel operation goes out of bounds (XSA-221, XSA-342, XSA-343).
 * Attack: ports, domains, vCPUs, interrupts and virqs that do not exist, in every operation.
 * Defence: an error each.
 * Proves: event_channel_op.EVTCHNOP_send refused, event_channel_op.EVTCHNOP_close ok refused
 * Proves: event_channel_op.EVTCHNOP_unmask refused, event_channel_op.EVTCHNOP_bind_vcpu refused
 * Proves: event_channel_op.EVTCHNOP_set_priority refused
 * Proves: event_channel_op.EVTCHNOP_bind_interdomain refused
 * Proves: event_channel_op.EVTCHNOP_bind_virq ok refused
 * Proves: event_channel_op.EVTCHNOP_bind_ipi refused, event_channel_op.EVTCHNOP_bind_pirq refused
 * Proves: event_channel_op.EVTCHNOP_alloc_unbound refused, event_channel_op.EVTCHNOP_status refused
 * Proves: event_channel_op.EVTCHNOP_reset ok refused, event_channel_op.VIRQ_TIMER ok refused
 * Proves: XSA-221
 */
#include "guest.h"

static const u32 bad_ports[] = { 0, 5000, 4095, 4096, 131071, 131072, 0x7fffffff, ~0U };

static unsigned int accepted(unsigned int cmd)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < sizeof(bad_ports) / sizeof(bad_ports[0]); i++) {
		u32 op[8] = { bad_ports[i], 0, 0, 0, 0, 0, 0, 0 };

		n += event_op(cmd, op) >= 0;
	}
	return n;
}

static long virq(u32 number, u32 vcpu)
{
	evtchn_bind_virq_t op = { .virq = number, .vcpu = vcpu };
	long rc = event_op(EVTCHNOP_bind_virq, &op);

	return rc ? rc : (long)op.port;
}

static long ipi(u32 vcpu)
{
	evtchn_bind_ipi_t op = { .vcpu = vcpu };

	return event_op(EVTCHNOP_bind_ipi, &op);
}

static long unbound(domid_t dom, domid_t remote)
{
	evtchn_alloc_unbound_t op = { .dom = dom, .remote_dom = remote };

	return event_op(EVTCHNOP_alloc_unbound, &op);
}

static long interdomain(domid_t dom, u32 port)
{
	evtchn_bind_interdomain_t op = { .remote_dom = dom, .remote_port = port };

	return event_op(EVTCHNOP_bind_interdomain, &op);
}

void proof(void)
{
	evtchn_bind_pirq_t pirq = { ~0U, 0, 0 };
	evtchn_bind_vcpu_t move = { .port = 0, .vcpu = 0 };
	evtchn_status_t status = { .dom = 9999, .port = 1 };
	evtchn_reset_t reset = { .dom = 9999 };
	long port;

	check_is(accepted(EVTCHNOP_send), 0, "bad ports sent to");
	check_is(accepted(EVTCHNOP_close), 0, "closed");
	/* Xen lets port 0 pass, which is nobody's. */
	check(accepted(EVTCHNOP_unmask) <= !on_lamina(), "unmasked");
	check_is(accepted(EVTCHNOP_bind_vcpu), 0, "moved to a vCPU");
	check_is(accepted(EVTCHNOP_set_priority), 0, "given a priority");
	for (unsigned int i = 1; i < sizeof(bad_ports) / sizeof(bad_ports[0]); i++)
		check(interdomain(DOMID_SELF, bad_ports[i]) < 0, "port %u bound", bad_ports[i]);
	check(event_op(77, &pirq) == -GUEST_ENOSYS, "an operation that does not exist");
	check(event_op(EVTCHNOP_send, (void *)0xdead0000) == -GUEST_EFAULT, "arguments nowhere");
	check(event_op(EVTCHNOP_send, (void *)HYPERVISOR_VIRT_START) == -GUEST_EFAULT,
	      "arguments in the hypervisor");
	check(virq(NR_VIRQS, 0) == -GUEST_EINVAL && virq(~0U, 0) == -GUEST_EINVAL, "bad virqs");
	check(virq(VIRQ_TIMER, 1) < 0 && virq(VIRQ_TIMER, ~0U) < 0, "virqs of no vCPU");
	check(virq(VIRQ_CONSOLE, 1) < 0, "a global virq for vCPU 1");
	port = virq(VIRQ_TIMER, 0);
	check(port > 0, "the timer's virq");
	check(virq(VIRQ_TIMER, 0) == -GUEST_EEXIST, "but once");
	move = (evtchn_bind_vcpu_t){ (u32)port, 0 };
	check(event_op(EVTCHNOP_bind_vcpu, &move) < 0, "a vCPU's own virq does not move");
	check(event_close((u32)port) == 0 && virq(VIRQ_TIMER, 0) > 0, "closed, it is free again");
	check(ipi(1) < 0 && ipi(~0U) < 0, "interrupts for vCPUs that do not exist");
	check(event_op(EVTCHNOP_bind_pirq, &pirq) < 0, "a line that does not exist");
	pirq.pirq = 0x10000;
	check(event_op(EVTCHNOP_bind_pirq, &pirq) < 0, "nor another");
	check(unbound(9999, 0) < 0 && unbound(0x7fff, 0) < 0, "channels of other domains");
	check(interdomain(9999, 1) < 0, "to domains that do not exist");
	check(event_op(EVTCHNOP_status, &status) < 0, "their status");
	check(event_op(EVTCHNOP_reset, &reset) < 0, "their reset");
	reset.dom = DOMID_SELF;
	check_is(event_op(EVTCHNOP_reset, &reset), 0, "one's own reset");
	check(virq(VIRQ_TIMER, 0) > 0, "frees everything");
}
