/* SPDX-License-Identifier: MIT */
/*
 * Claim: a second vCPU starts where it is told, can be told things, and can be stopped and started.
 * Method: bring it up, send interrupts both ways a hundred times, take it down and up.
 * SMP: 2
 * Proves: vcpu_op.VCPUOP_initialise ok refused, vcpu_op.VCPUOP_up ok refused
 * Proves: vcpu_op.VCPUOP_down ok refused, vcpu_op.VCPUOP_is_up ok refused
 * Proves: event_channel_op.EVTCHNOP_bind_ipi ok
 */
#include "guest.h"

static volatile unsigned int started, got[2], rounds;
static u32 ports[2];

static void on_event(struct trap *t)
{
	unsigned int me = smp_on_second(t);

	shared_info->vcpu_info[me].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[me].evtchn_pending_sel = 0;
	event_clear(ports[me]);
	got[me]++;
	if (me)
		event_send(ports[0]);
}

static void second(void)
{
	started++;
	shared_info->vcpu_info[1].evtchn_upcall_mask = 0;
	while (rounds < 100) {
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
		rounds++;
	}
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, 1, 0);
	started++;
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
}

static long is_up(void)
{
	return hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 1, 0);
}

void proof(void)
{
	static vcpu_guest_context_t again;
	evtchn_bind_ipi_t ipi = { .vcpu = 0 };
	unsigned int lost = 0;
	u64 end;

	check_is(is_up(), 0, "vCPU 1 is down");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0) < 0, "and cannot go up yet");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 2, 0) == -GUEST_ENOENT &&
		      hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, 2, 0) == -GUEST_ENOENT &&
		      hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, 2, 0) == -GUEST_ENOENT,
	      "there is no vCPU 2");
	again.user_regs.cs = FLAT_KERNEL_CS;
	again.ctrlreg[3] = 0x300000;
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, &again) < 0,
	      "not on another's root");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, 0xdead0000) == -GUEST_EFAULT,
	      "not from nowhere");
	for (unsigned int v = 0; v < 2; v++) {
		ipi.vcpu = v;
		if (event_op(EVTCHNOP_bind_ipi, &ipi))
			check(false, "an interrupt for vCPU %u", v);
		ports[v] = ipi.port;
		event_mask(ports[v], false);
	}
	trap_set(TRAP_EVENT, on_event);
	events_enable(true);
	check_is(smp_start(second), 0, "start it");
	check(wait_change(&started, 0, 5000), "it runs");
	check_is(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, &again), -GUEST_EEXIST,
		 "it cannot be set up again");
	for (int i = 0; i < 100; i++) {
		unsigned int before = got[0];

		event_send(ports[1]);
		lost += !wait_change(&got[0], before, 5000);
	}
	check_is(lost, 0, "interrupts without answer, of 100");
	end = now_ns() + 5000000000;
	while (is_up() && now_ns() < end)
		event_send(ports[1]);
	check_is(is_up(), 0, "it goes down by itself");
	check_is(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0), 0, "up again");
	check(wait_change(&started, 1, 5000), "it goes on where it was");
	check_is(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, 1, 0), 0, "taken down by another");
}
