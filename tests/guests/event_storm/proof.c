/* SPDX-License-Identifier: MIT */
/*
 * Claim: a handler that sends to itself for ever starves nobody but itself.
 * Attack: each upcall sends the next event before it returns; a timer must still come.
 */
#include "guest.h"

static u32 far, near, timer;
static unsigned int storms;
static volatile unsigned int strikes;

static void on_event(struct trap *t)
{
	(void)t;
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	if (event_pending(timer)) {
		event_clear(timer);
		strikes++;
	}
	event_clear(near);
	if (!strikes) {
		storms++;
		event_send(far);
	}
}

void proof(void)
{
	evtchn_bind_virq_t virq = { VIRQ_TIMER, 0, 0 };
	vcpu_set_singleshot_timer_t op = { .flags = 0 };

	near = (u32)event_pair(&far);
	event_op(EVTCHNOP_bind_virq, &virq);
	timer = virq.port;
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
	event_clear(timer);
	event_mask(near, false);
	event_mask(timer, false);
	trap_set(TRAP_EVENT, on_event);
	op.timeout_abs_ns = now_ns() + 20000000;
	check_is(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &op), 0,
		 "a timer in 20 ms");
	event_send(far);
	events_enable(true);
	check(wait_change(&strikes, 0, 5000), "comes through a storm");
	check(storms > 1, "of %u events", storms);
}
