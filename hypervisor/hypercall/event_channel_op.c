/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_event_channel_op.
 *
 * A result that cannot be copied out leaves the port allocated: the guest can
 * find and close it, and undoing a binding that the peer has seen is worse.
 */
#include "domain/policy.h"
#include "evtchn/evtchn.h"
#include "evtchn/fifo.h"
#include "hypercall/arg.h"
#include "hypercall/preempt.h"
#include "hypercall/table.h"
#include "lib/string.h"
#include "x86/bound.h"

union op {
	evtchn_alloc_unbound_t alloc_unbound;
	evtchn_bind_interdomain_t bind_interdomain;
	evtchn_bind_virq_t bind_virq;
	evtchn_bind_ipi_t bind_ipi;
	evtchn_bind_pirq_t bind_pirq;
	evtchn_bind_vcpu_t bind_vcpu;
	evtchn_status_t status;
	evtchn_reset_t reset;
	evtchn_init_control_t init_control;
	evtchn_expand_array_t expand_array;
	evtchn_set_priority_t set_priority;
};

/* How much each operation reads, and whether it writes that back. */
static const struct {
	u8 size;
	bool answers;
} ops[] = {
	[EVTCHNOP_alloc_unbound] = { sizeof(evtchn_alloc_unbound_t), true },
	[EVTCHNOP_bind_interdomain] = { sizeof(evtchn_bind_interdomain_t), true },
	[EVTCHNOP_bind_virq] = { sizeof(evtchn_bind_virq_t), true },
	[EVTCHNOP_bind_ipi] = { sizeof(evtchn_bind_ipi_t), true },
	[EVTCHNOP_bind_pirq] = { sizeof(evtchn_bind_pirq_t), true },
	[EVTCHNOP_bind_vcpu] = { sizeof(evtchn_bind_vcpu_t), false },
	[EVTCHNOP_status] = { sizeof(evtchn_status_t), true },
	[EVTCHNOP_reset] = { sizeof(evtchn_reset_t), false },
	[EVTCHNOP_init_control] = { sizeof(evtchn_init_control_t), true },
	[EVTCHNOP_expand_array] = { sizeof(evtchn_expand_array_t), false },
	[EVTCHNOP_set_priority] = { sizeof(evtchn_set_priority_t), false },
};

/* A port or an error into 0 with the port in its place, or the error. */
static int answer(int port, u32 *out)
{
	if (port < 0)
		return port;
	*out = (u32)port;
	return 0;
}

static int alloc_unbound(evtchn_alloc_unbound_t *op)
{
	u16 remote = op->remote_dom == DOMID_SELF ? current->domain->id : op->remote_dom;
	DOMAIN_HOLD(d);
	int rc = policy_target(op->dom, POLICY_EVTCHN_ALLOC, &d);

	return rc ? rc : answer(evtchn_alloc_unbound(d, remote), &op->port);
}

static int bind_interdomain(struct domain *d, evtchn_bind_interdomain_t *op)
{
	DOMAIN_HOLD(rd);
	int rc = policy_target(op->remote_dom, POLICY_EVTCHN_BIND, &rd);

	return rc ? rc : answer(evtchn_bind_interdomain(d, rd, op->remote_port), &op->local_port);
}

static int status(evtchn_status_t *op)
{
	DOMAIN_HOLD(d);
	int rc = policy_target(op->dom, POLICY_EVTCHN_STATUS, &d);

	if (rc)
		return rc;
	memset(&op->status, 0, sizeof(*op) - offsetof(evtchn_status_t, status));
	return evtchn_status(d, op->port, op);
}

static int reset(domid_t domid)
{
	DOMAIN_HOLD(d);
	int rc = policy_target(domid, POLICY_EVTCHN_RESET, &d);

	if (rc)
		return rc;
	/* Another's ports may only be swept away while it stands still. */
	if (d != current->domain && !READ_ONCE(d->controller_paused))
		return -EINVAL;
	do {
		rc = evtchn_reset(d);
	} while (rc == -ERESTART && !preempt_needed());
	return rc;
}

static int run(struct domain *d, u32 cmd, union op *op)
{
	switch (cmd) {
	case EVTCHNOP_alloc_unbound: return alloc_unbound(&op->alloc_unbound);
	case EVTCHNOP_bind_interdomain: return bind_interdomain(d, &op->bind_interdomain);
	case EVTCHNOP_bind_virq:
		return answer(evtchn_bind_virq(d, op->bind_virq.virq, op->bind_virq.vcpu),
			      &op->bind_virq.port);
	case EVTCHNOP_bind_ipi:
		return answer(evtchn_bind_ipi(d, op->bind_ipi.vcpu), &op->bind_ipi.port);
	case EVTCHNOP_bind_pirq:
		return answer(evtchn_bind_pirq(d, op->bind_pirq.pirq, op->bind_pirq.flags),
			      &op->bind_pirq.port);
	case EVTCHNOP_bind_vcpu: return evtchn_bind_vcpu(d, op->bind_vcpu.port, op->bind_vcpu.vcpu);
	case EVTCHNOP_status: return status(&op->status);
	case EVTCHNOP_reset: return reset(op->reset.dom);
	case EVTCHNOP_init_control:
		op->init_control.link_bits = EVTCHN_FIFO_LINK_BITS;
		return fifo_init_control(d, op->init_control.vcpu, op->init_control.control_gfn,
					 op->init_control.offset);
	case EVTCHNOP_expand_array: return fifo_expand_array(d, op->expand_array.array_gfn);
	default: return fifo_set_priority(d, op->set_priority.port, op->set_priority.priority);
	}
}

long hypercall_event_channel_op(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct domain *d = current->domain;
	u32 cmd = (u32)a1, port;
	union op op;
	int rc;

	switch (cmd) {
	/* close, send and unmask take a structure whose only member is the port. */
	case EVTCHNOP_send: return arg_get(&port, a2) ? evtchn_send(d, port) : -EFAULT;
	case EVTCHNOP_unmask: return arg_get(&port, a2) ? evtchn_unmask(d, port) : -EFAULT;
	case EVTCHNOP_close: return arg_get(&port, a2) ? evtchn_close(d, port) : -EFAULT;
	}
	if (!bound_index(cmd, ARRAY_SIZE(ops)) || !ops[cmd].size)
		return -ENOSYS;
	if (usercopy_from(&op, gaddr(a2), ops[cmd].size))
		return -EFAULT;
	rc = run(d, cmd, &op);
	if (rc == -ERESTART)
		return preempt_restart(a1, a2, 0, 0, 0);
	if (!rc && ops[cmd].answers && usercopy_to(gaddr(a2), &op, ops[cmd].size))
		return -EFAULT;
	return rc;
}
