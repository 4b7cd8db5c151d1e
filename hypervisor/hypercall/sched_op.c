/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_sched_op: giving the CPU up, and ending.
 */
#include "domain/policy.h"
#include "evtchn/evtchn.h"
#include "hypercall/arg.h"
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

static long op_poll(u64 arg)
{
	struct domain *d = current->domain;
	sched_poll_t op;
	u32 only = 0;
	long rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	if (op.nr_ports > POLL_MAX_PORTS)
		return -EINVAL;
	if (op.nr_ports == 1 && !arg_get_at(&only, arg_handle(op.ports), 0))
		return -EFAULT;
	block_poll_start(only);
	rc = evtchn_pending(current) ? 1 : poll_look(d, arg_handle(op.ports), op.nr_ports);
	if (rc) {
		block_poll_cancel();
		return rc > 0 ? 0 : rc;
	}
	block_poll_wait(op.timeout);
	return 0;
}

static long op_shutdown(struct domain *d, u64 arg)
{
	sched_shutdown_t op;

	if (!arg_get(&op, arg))
		return -EFAULT;
	if (op.reason > SHUTDOWN_MAX)
		return -EINVAL;
	shutdown_domain(d, op.reason);
	return 0;
}

/* A kernel about to be replaced by its crash kernel says how its end is to be reported. */
static long op_shutdown_code(struct domain *d, u64 arg)
{
	sched_shutdown_t op;

	if (!arg_get(&op, arg))
		return -EFAULT;
	if (op.reason > SHUTDOWN_MAX)
		return -EINVAL;
	if (!d->shutdown_preset)
		d->shutdown_preset = op.reason + 1;
	return 0;
}

static long op_remote_shutdown(u64 arg)
{
	sched_remote_shutdown_t op;
	struct domain *d;
	int rc;

	if (!arg_get(&op, arg))
		return -EFAULT;
	if (op.reason > SHUTDOWN_MAX)
		return -EINVAL;
	rc = policy_target(op.domain_id, POLICY_REMOTE_SHUTDOWN, &d);
	if (rc)
		return rc;
	shutdown_domain(d, op.reason);
	domain_put(d);
	return 0;
}

static long op_watchdog(struct domain *d, u64 arg)
{
	sched_watchdog_t op;

	return arg_get(&op, arg) ? watchdog_set(d, op.id, op.timeout) : -EFAULT;
}

static long op_pin_override(struct domain *d, u64 arg)
{
	sched_pin_override_t op;

	if (!policy_allows(d, NULL, POLICY_HARDWARE))
		return -EPERM;
	return arg_get(&op, arg) ? sched_pin(current, op.pcpu) : -EFAULT;
}

long hypercall_sched_op(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct domain *d = current->domain;

	switch ((u32)a1) {
	case SCHEDOP_block: block_current(); return 0;
	case SCHEDOP_yield: sched_yield(); return 0;
	case SCHEDOP_poll: return op_poll(a2);
	case SCHEDOP_shutdown: return op_shutdown(d, a2);
	case SCHEDOP_shutdown_code: return op_shutdown_code(d, a2);
	case SCHEDOP_remote_shutdown: return op_remote_shutdown(a2);
	case SCHEDOP_watchdog: return op_watchdog(d, a2);
	case SCHEDOP_pin_override: return op_pin_override(d, a2);
	default: return -ENOSYS;
	}
}
