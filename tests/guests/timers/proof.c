/* SPDX-License-Identifier: MIT */
/*
 * Claim: a timer fires once at its time, and no value locks anything up (XSA-20).
 * Attack: times in the past, at the end of time, periods of nothing and of for ever.
 * Defence: refused, or fires at once.
 * Proves: vcpu_op.VCPUOP_set_periodic_timer ok refused
 * Proves: vcpu_op.VCPUOP_stop_periodic_timer ok refused
 * Proves: vcpu_op.VCPUOP_set_singleshot_timer ok refused
 * Proves: vcpu_op.VCPUOP_stop_singleshot_timer ok refused, set_timer_op ok
 * Proves: event_channel_op.VIRQ_TIMER ok, XSA-20
 */
#include "guest.h"

static u32 port;

static long single(u64 when, u32 flags)
{
	vcpu_set_singleshot_timer_t op = { .timeout_abs_ns = when, .flags = flags };

	event_clear(port);
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	return hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &op);
}

static long periodic(u64 ns)
{
	vcpu_set_periodic_timer_t op = { .period_ns = ns };

	event_clear(port);
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	return hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &op);
}

/*
 * Set a time 30 ms off and stop it.  A machine that was held up for so long
 * between the two has had its event, rightly: then once more.
 */
static long single_stopped(unsigned int *seen)
{
	long rc;
	u64 when;

	do {
		*seen = upcalls;
		when = now_ns() + 30000000;
		rc = single(when, 0);
		if (!rc)
			rc = hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0);
	} while (!rc && now_ns() >= when);
	return rc;
}

void proof(void)
{
	evtchn_bind_virq_t virq = { VIRQ_TIMER, 0, 0 };
	unsigned int seen;
	u64 when;

	check_is(event_op(EVTCHNOP_bind_virq, &virq), 0, "bind the timer");
	port = virq.port;
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
	event_mask(port, false);
	events_enable(true);
	seen = upcalls;
	when = now_ns() + 3000000;
	check_is(single(when, 0), 0, "3 ms from now");
	check(wait_change(&upcalls, seen, 3000) && event_pending(port), "it comes");
	check(now_ns() >= when, "not before its time");
	seen = upcalls;
	if (on_lamina()) { /* Xen since 4.16 does not look at the flag */
		check_is(single(now_ns() - 1000000, VCPU_SSHOTTMR_future), -GUEST_ETIME,
			 "a time that must be in the future and is not");
		check(upcalls == seen, "does not fire");
	}
	check_is(single(now_ns() - 1000000, 0), 0, "a time in the past");
	check(wait_change(&upcalls, seen, 3000), "fires at once");
	seen = upcalls;
	check(single(1, 0) == 0 && wait_change(&upcalls, seen, 3000),
	      "so does the beginning of time");
	seen = upcalls;
	check_is(single(~0ULL, 0), 0, "the end of time");
	check_is(single(1ULL << 63, 0), 0, "half of it");
	check(!wait_change(&upcalls, seen, 10) || !on_lamina(), "does not come soon");
	check_is(single_stopped(&seen), 0, "a time, stopped before it comes");
	check(!wait_change(&upcalls, seen, 60), "does not come");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 7, 0) == -GUEST_ENOENT &&
		      hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 7, 0) ==
			      -GUEST_ENOENT,
	      "timers of a vCPU that does not exist");
	check(periodic(0) == -GUEST_EINVAL && periodic(1) == -GUEST_EINVAL, "a period of nothing");
	check(periodic(~0ULL) < 0 && periodic(1ULL << 63) < 0, "a period of for ever");
	check_is(periodic(2000000), 0, "2 ms");
	check(wait_change(&upcalls, seen, 3000), "one");
	seen = upcalls;
	event_clear(port);
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	check(wait_change(&upcalls, seen, 3000), "and another");
	check_is(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0), 0, "stop");
	seen = upcalls;
	event_clear(port);
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	check_is(hypercall1(__HYPERVISOR_set_timer_op, now_ns() + 1000000), 0, "the older call");
	check(wait_change(&upcalls, seen, 3000), "works too");
	check_is(hypercall1(__HYPERVISOR_set_timer_op, 0), 0, "and stops");
	check_is(hypercall1(__HYPERVISOR_set_timer_op, ~0ULL), 0, "and takes the end of time");
}
