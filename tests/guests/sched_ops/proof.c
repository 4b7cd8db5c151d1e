/* SPDX-License-Identifier: MIT */
/*
 * Claim: a vCPU sleeps until what it waits for, and a bad wish is an error and no sleep.
 * Attack: polls of bad and absurdly many ports, bad reasons to shut down.
 * Defence: checked before the vCPU goes to sleep.
 * Proves: sched_op.SCHEDOP_block ok, sched_op.SCHEDOP_yield ok, sched_op.SCHEDOP_poll ok refused
 * Proves: sched_op.SCHEDOP_shutdown refused, sched_op.SCHEDOP_shutdown_code ok refused
 * Proves: sched_op.SCHEDOP_watchdog ok refused, sched_op.SCHEDOP_pin_override ok refused
 * Proves: vcpu_op.VCPUOP_get_physid ok refused
 */
#include "guest.h"

static long sched(unsigned int cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_sched_op, cmd, PTR(arg));
}

static long poll(const evtchn_port_t *ports, unsigned int n, u64 timeout)
{
	struct sched_poll op = { .nr_ports = n, .timeout = timeout };

	set_xen_guest_handle(op.ports, (evtchn_port_t *)PTR(ports));
	return sched(SCHEDOP_poll, &op);
}

void proof(void)
{
	evtchn_bind_virq_t virq = { VIRQ_TIMER, 0, 0 };
	static evtchn_port_t many[200], bad[] = { ~0U };
	struct sched_shutdown reason = { .reason = 99 };
	struct vcpu_get_physid physid = { ~0ULL };
	struct sched_pin_override pin;
	struct sched_watchdog dog = { .id = 77, .timeout = 5 };
	vcpu_set_singleshot_timer_t timer = { .flags = 0 };
	evtchn_port_t port;
	u64 start;

	event_op(EVTCHNOP_bind_virq, &virq);
	port = virq.port;
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
	check_is(sched(SCHEDOP_yield, NULL), 0, "yield");
	event_mask(port, false);
	/* Masked: block unmasks, so that a timer that is early is not missed. */
	start = now_ns();
	timer.timeout_abs_ns = start + 3000000;
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer);
	check_is(sched(SCHEDOP_block, NULL), 0, "block");
	check(now_ns() - start >= 3000000, "until the timer comes");
	events_enable(false);
	event_clear(port);
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	check(poll(bad, 1, 0) == -GUEST_EINVAL, "poll a port that does not exist");
	check(poll((void *)0xdead0000, 1, 0) == -GUEST_EFAULT, "ports nowhere");
	check(poll((void *)HYPERVISOR_VIRT_START, 2, 0) == -GUEST_EFAULT, "in the hypervisor");
	check(poll(many, 129, 0) == -GUEST_EINVAL && poll(many, ~0U, 0) == -GUEST_EINVAL,
	      "more ports than may be");
	start = now_ns();
	check_is(poll(&port, 1, start + 3000000), 0, "poll the timer, with a limit");
	check(now_ns() - start >= 3000000, "until the limit");
	event_mask(port, true);
	start = now_ns();
	timer.timeout_abs_ns = start + 3000000;
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer);
	check_is(poll(&port, 1, 0), 0, "poll the timer, masked, without limit");
	check(event_pending(port) && now_ns() - start >= 3000000, "until it comes");
	check_is(poll(&port, 1, 0), 0, "a pending one ends a poll at once");
	check(poll(NULL, 0, 1) == 0, "no ports, a time in the past");
	if (on_lamina()) /* Xen stops for any reason */
		check(sched(SCHEDOP_shutdown, &reason) == -GUEST_EINVAL, "a reason that is none");
	check(sched(SCHEDOP_shutdown, (void *)0xdead0000) == -GUEST_EFAULT, "a reason nowhere");
	if (on_lamina())
		check(sched(SCHEDOP_shutdown_code, &reason) == -GUEST_EINVAL,
		      "nor by the other call");
	check(sched(SCHEDOP_shutdown_code, (void *)0xdead0000) == -GUEST_EFAULT, "nor nowhere");
	reason.reason = SHUTDOWN_poweroff;
	check_is(sched(SCHEDOP_shutdown_code, &reason), 0, "a reason to be kept for later");
	check(sched(SCHEDOP_watchdog, &dog) < 0, "a watchdog that does not exist");
	dog.id = 0;
	dog.timeout = 60;
	dog.id = (u32)sched(SCHEDOP_watchdog, &dog);
	check(dog.id == 1 || dog.id == 2, "watchdog %u", dog.id);
	check_is(sched(SCHEDOP_watchdog, &dog), 0, "is fed");
	dog.timeout = 0;
	check_is(sched(SCHEDOP_watchdog, &dog), 0, "and put down");
	check(sched(SCHEDOP_watchdog, &dog) < 0, "but once");
	pin.pcpu = 4000;
	check(sched(SCHEDOP_pin_override, &pin) == -GUEST_EINVAL, "a CPU that does not exist");
	pin.pcpu = 0;
	check_is(sched(SCHEDOP_pin_override, &pin), 0, "pin to CPU 0");
	if (on_lamina()) /* Xen has it with dom0_vcpus_pin */
		check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, &physid) == 0 &&
			      (u32)physid.phys_id == 0,
		      "its APIC's id");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_get_physid, 0, 0xdead0000) < 0,
	      "not told nowhere");
	pin.pcpu = -1;
	check_is(sched(SCHEDOP_pin_override, &pin), 0, "and no more");
	check(sched(99, NULL) == -GUEST_ENOSYS, "an operation that does not exist");
}
