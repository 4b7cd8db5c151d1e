/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_sched_op: giving the CPU up, and ending.
 */
#include "evtchn/evtchn.h"
#include "hypercall/arg.h"
#include "hypercall/op.h"
#include "hypercall/table.h"
#include "lifecycle/shutdown.h"
#include "lifecycle/watchdog.h"
#include "sched/pause.h"

#define POLL_MAX_PORTS 128 /* as the peer has it */

/* 1: one of the ports is pending; 0: none; -errno. */
static long poll_look(struct domain *d, u64 ports, u32 n)
{
	u32 port, i;

	for (i = 0; i < n; i++) {
		if (!arg_get_at(&port, ports, i))
			return -EFAULT;
		if (!evtchn_port_valid(d, port))
			return -EINVAL;
		if (evtchn_port_pending(d, port))
			return 1;
	}
	return 0;
}

static long op_poll(struct vcpu *v, u32 cmd, void *arg)
{
	sched_poll_t *op = arg;
	u32 only = 0;
	long rc;

	if (op->nr_ports > POLL_MAX_PORTS)
		return -EINVAL;
	if (op->nr_ports == 1 && !arg_get_at(&only, arg_handle(op->ports), 0))
		return -EFAULT;
	block_poll_start(only);
	rc = evtchn_pending(v) ? 1 : poll_look(v->domain, arg_handle(op->ports), op->nr_ports);
	if (rc) {
		block_poll_cancel();
		return rc > 0 ? 0 : rc;
	}
	block_poll_wait(op->timeout);
	return 0;
}

static long op_shutdown(struct vcpu *v, u32 cmd, void *arg)
{
	sched_shutdown_t *op = arg;
	struct domain *d = v->domain;

	if (op->reason > SHUTDOWN_MAX)
		return -EINVAL;
	/* A kernel about to be replaced by its crash kernel says how its end is to be reported. */
	if (cmd == SCHEDOP_shutdown)
		shutdown_domain(d, op->reason);
	else if (!d->shutdown_preset)
		d->shutdown_preset = op->reason + 1;
	return 0;
}

static long op_remote_shutdown(struct vcpu *v, u32 cmd, void *arg)
{
	sched_remote_shutdown_t *op = arg;
	DOMAIN_HOLD(d);
	int rc;

	if (op->reason > SHUTDOWN_MAX)
		return -EINVAL;
	rc = policy_target(op->domain_id, POLICY_REMOTE_SHUTDOWN, &d);
	if (!rc)
		shutdown_domain(d, op->reason);
	return rc;
}

static long op_watchdog(struct vcpu *v, u32 cmd, void *arg)
{
	sched_watchdog_t *op = arg;

	return watchdog_set(v->domain, op->id, op->timeout);
}

static long op_pin_override(struct vcpu *v, u32 cmd, void *arg)
{
	sched_pin_override_t *op = arg;

	return sched_pin(v, op->pcpu);
}

static const struct op ops[] = {
	[SCHEDOP_poll] = OP(OWN, op_poll, sched_poll_t),
	[SCHEDOP_shutdown] = OP(OWN, op_shutdown, sched_shutdown_t),
	[SCHEDOP_shutdown_code] = OP(OWN, op_shutdown, sched_shutdown_t),
	[SCHEDOP_remote_shutdown] = OP(OWN, op_remote_shutdown, sched_remote_shutdown_t),
	[SCHEDOP_watchdog] = OP(OWN, op_watchdog, sched_watchdog_t),
	[SCHEDOP_pin_override] = OP(HARDWARE, op_pin_override, sched_pin_override_t),
};

HYPERCALL(sched_op)
{
	switch ((u32)a1) {
	case SCHEDOP_block: block_current(); return 0;
	case SCHEDOP_yield: sched_yield(); return 0;
	}
	return op_run(ops, ARRAY_SIZE(ops), (u32)a1, current, a2);
}
