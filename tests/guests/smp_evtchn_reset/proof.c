/* SPDX-License-Identifier: MIT */
/*
 * Claim: a reset of all channels may meet any other operation on them (XSA-343, XSA-358, XSA-505).
 * Attack: one vCPU resets for ever while the other opens, binds, sends, closes, and turns FIFO delivery on.
 * Defence: a reset keeps new ports out; each port has its lock; arrays go when nobody can look.
 * SMP: 2
 * Proves: XSA-343, XSA-358, XSA-505, XSA-342, event_channel_op.EVTCHNOP_reset ok
 */
#include "guest.h"

static volatile unsigned int started, stop, stopped, resets;
static void *control[2], *array[2];

static void second(void)
{
	evtchn_reset_t reset = { .dom = DOMID_SELF };

	started = 1;
	while (!stop) {
		if (event_op(EVTCHNOP_reset, &reset) == 0)
			resets++;
	}
	stopped = 1;
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static u32 random(void)
{
	return (u32)(fuzz_random() >> 11);
}

/* Any operation on any port; what it says does not matter. */
static void one(void)
{
	union {
		evtchn_alloc_unbound_t alloc;
		evtchn_bind_interdomain_t bind;
		evtchn_bind_virq_t virq;
		evtchn_bind_ipi_t ipi;
		evtchn_bind_vcpu_t move;
		evtchn_status_t status;
		evtchn_init_control_t control;
		evtchn_expand_array_t expand;
		evtchn_set_priority_t priority;
		u32 port;
	} op;
	static u32 port = 1;

	memset(&op, 0, sizeof(op));
	switch (random() % 12) {
	case 0:
	case 1:
		op.alloc.dom = op.alloc.remote_dom = DOMID_SELF;
		if (event_op(EVTCHNOP_alloc_unbound, &op) == 0)
			port = op.alloc.port;
		break;
	case 2:
		op.bind.remote_dom = DOMID_SELF;
		op.bind.remote_port = port;
		if (event_op(EVTCHNOP_bind_interdomain, &op) == 0)
			port = op.bind.local_port;
		break;
	case 3:
		op.virq.virq = random() % 24;
		event_op(EVTCHNOP_bind_virq, &op);
		break;
	case 4:
		op.ipi.vcpu = random() & 1;
		event_op(EVTCHNOP_bind_ipi, &op);
		break;
	case 5: event_send(port); break;
	case 6: event_close(random() % 8 ? port : random() % 64); break;
	case 7:
		op.move.port = port;
		op.move.vcpu = random() & 1;
		event_op(EVTCHNOP_bind_vcpu, &op);
		break;
	case 8:
		op.control.vcpu = random() & 1;
		op.control.control_gfn = virt_to_mfn(control[op.control.vcpu]);
		event_op(EVTCHNOP_init_control, &op);
		break;
	case 9:
		op.expand.array_gfn = virt_to_mfn(array[random() & 1]);
		event_op(EVTCHNOP_expand_array, &op);
		break;
	case 10:
		op.priority.port = port;
		op.priority.priority = random() % 16;
		event_op(EVTCHNOP_set_priority, &op);
		break;
	default:
		op.port = port;
		event_op(EVTCHNOP_unmask, &op);
		break;
	}
}

static long ports(void)
{
	evtchn_alloc_unbound_t op = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	long n = 0;

	while (event_op(EVTCHNOP_alloc_unbound, &op) == 0)
		n++;
	return n;
}

void proof(void)
{
	evtchn_reset_t reset = { .dom = DOMID_SELF };
	long first = ports();
	u64 *page;

	check(first > 1000, "%ld ports", first);
	check_is(event_op(EVTCHNOP_reset, &reset), 0, "reset");
	for (int i = 0; i < 2; i++) {
		control[i] = page_alloc();
		array[i] = page_alloc();
	}
	check_is(smp_start(second), 0, "start the other vCPU");
	check(wait_change(&started, 0, 20000), "it runs");
	for (int i = 0; i < 6000; i++)
		one();
	stop = 1;
	check(wait_change(&stopped, 0, 20000), "it has stopped");
	check(resets > 0, "%u resets", resets);
	check_is(event_op(EVTCHNOP_reset, &reset), 0, "one more");
	check_is(ports(), first, "as many ports as before");
	check_is(event_op(EVTCHNOP_reset, &reset), 0, "the last");
	page = control[0];
	check(set_readonly(page) == 0 && mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(page)) < 1,
	      "the control block's page is as the reset left it");
	page = array[0];
	memset(page, 0, 4096);
	check(set_readonly(page) == 0 && mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(page)) == 0,
	      "a page of event words is a page again");
}
