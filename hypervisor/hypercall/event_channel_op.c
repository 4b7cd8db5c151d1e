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

static long op_alloc_unbound(u64 arg)
{
	evtchn_alloc_unbound_t op;
	struct domain *d;
	u16 remote;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = policy_target(op.dom, POLICY_EVTCHN_ALLOC, &d);
	if (rc)
		return rc;
	remote = op.remote_dom == DOMID_SELF ? current->domain->id : op.remote_dom;
	rc = evtchn_alloc_unbound(d, remote);
	domain_put(d);
	if (rc < 0)
		return rc;
	op.port = (u32)rc;
	return arg_put(arg, &op) ? 0 : -EFAULT;
}

static long op_bind_interdomain(struct domain *d, u64 arg)
{
	evtchn_bind_interdomain_t op;
	struct domain *rd;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = policy_target(op.remote_dom, POLICY_EVTCHN_BIND, &rd);
	if (rc)
		return rc;
	rc = evtchn_bind_interdomain(d, rd, op.remote_port);
	domain_put(rd);
	if (rc < 0)
		return rc;
	op.local_port = (u32)rc;
	return arg_put(arg, &op) ? 0 : -EFAULT;
}

static long op_bind_virq(struct domain *d, u64 arg)
{
	evtchn_bind_virq_t op;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = evtchn_bind_virq(d, op.virq, op.vcpu);
	if (rc < 0)
		return rc;
	op.port = (u32)rc;
	return arg_put(arg, &op) ? 0 : -EFAULT;
}

static long op_bind_ipi(struct domain *d, u64 arg)
{
	evtchn_bind_ipi_t op;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = evtchn_bind_ipi(d, op.vcpu);
	if (rc < 0)
		return rc;
	op.port = (u32)rc;
	return arg_put(arg, &op) ? 0 : -EFAULT;
}

static long op_bind_pirq(struct domain *d, u64 arg)
{
	evtchn_bind_pirq_t op;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = evtchn_bind_pirq(d, op.pirq, op.flags);
	if (rc < 0)
		return rc;
	op.port = (u32)rc;
	return arg_put(arg, &op) ? 0 : -EFAULT;
}

static long op_status(u64 arg)
{
	evtchn_status_t op, out = { 0 };
	struct domain *d;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = policy_target(op.dom, POLICY_EVTCHN_STATUS, &d);
	if (rc)
		return rc;
	out.dom = op.dom;
	out.port = op.port;
	rc = evtchn_status(d, op.port, &out);
	domain_put(d);
	if (rc)
		return rc;
	return arg_put(arg, &out) ? 0 : -EFAULT;
}

static long op_reset(u64 cmd, u64 arg)
{
	evtchn_reset_t op;
	struct domain *d;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = policy_target(op.dom, POLICY_EVTCHN_RESET, &d);
	if (rc)
		return rc;
	/* Another's ports may only be swept away while it stands still. */
	if (d != current->domain && !READ_ONCE(d->controller_paused)) {
		domain_put(d);
		return -EINVAL;
	}
	do {
		rc = evtchn_reset(d);
	} while (rc == -ERESTART && !preempt_needed());
	domain_put(d);
	return rc == -ERESTART ? preempt_restart(cmd, arg, 0, 0, 0) : rc;
}

static long op_init_control(struct domain *d, u64 arg)
{
	evtchn_init_control_t op;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	rc = fifo_init_control(d, op.vcpu, op.control_gfn, op.offset);
	if (rc)
		return rc;
	op.link_bits = EVTCHN_FIFO_LINK_BITS;
	return arg_put(arg, &op) ? 0 : -EFAULT;
}

static long op_bind_vcpu(struct domain *d, u64 arg)
{
	evtchn_bind_vcpu_t op;

	return arg_get(&op, arg) ? evtchn_bind_vcpu(d, op.port, op.vcpu) : -EFAULT;
}

static long op_expand_array(struct domain *d, u64 arg)
{
	evtchn_expand_array_t op;

	return arg_get(&op, arg) ? fifo_expand_array(d, op.array_gfn) : -EFAULT;
}

static long op_set_priority(struct domain *d, u64 arg)
{
	evtchn_set_priority_t op;

	return arg_get(&op, arg) ? fifo_set_priority(d, op.port, op.priority) : -EFAULT;
}

long hypercall_event_channel_op(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct domain *d = current->domain;
	u32 port;

	switch ((u32)a1) {
	/* close, send and unmask take a structure whose only member is the port. */
	case EVTCHNOP_send: return arg_get(&port, a2) ? evtchn_send(d, port) : -EFAULT;
	case EVTCHNOP_unmask: return arg_get(&port, a2) ? evtchn_unmask(d, port) : -EFAULT;
	case EVTCHNOP_close: return arg_get(&port, a2) ? evtchn_close(d, port) : -EFAULT;
	case EVTCHNOP_alloc_unbound: return op_alloc_unbound(a2);
	case EVTCHNOP_bind_interdomain: return op_bind_interdomain(d, a2);
	case EVTCHNOP_bind_virq: return op_bind_virq(d, a2);
	case EVTCHNOP_bind_ipi: return op_bind_ipi(d, a2);
	case EVTCHNOP_bind_pirq: return op_bind_pirq(d, a2);
	case EVTCHNOP_bind_vcpu: return op_bind_vcpu(d, a2);
	case EVTCHNOP_status: return op_status(a2);
	case EVTCHNOP_reset: return op_reset(a1, a2);
	case EVTCHNOP_init_control: return op_init_control(d, a2);
	case EVTCHNOP_expand_array: return op_expand_array(d, a2);
	case EVTCHNOP_set_priority: return op_set_priority(d, a2);
	default: return -ENOSYS;
	}
}
