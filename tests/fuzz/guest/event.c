/* SPDX-License-Identifier: MIT */
/*
 * Event channels of both kinds, and a guest that writes into what it shares.
 */
#include "fuzz.h"

/* Pages for FIFO delivery: a control block of each vCPU, words of two pages. */
static u8 control[MAX_CPUS][4096] __attribute__((aligned(4096)));
static u8 words[2][4096] __attribute__((aligned(4096)));

static u32 port_any(struct cpu *c)
{
	if (one_in(c, 12))
		return one_in(c, 2) ? (u32)odd_word(c) : below(c, 5000);
	if (nr_cpus > 1 && one_in(c, 5))
		c = &cpus[below(c, nr_cpus)];
	return c->ports[below(c, PORTS)];
}

static void op_init(struct call *k, u32 cmd)
{
	k->nr = __HYPERVISOR_event_channel_op;
	k->a[0] = cmd;
	k->a[1] = PTR(k->buf);
	memset(k->buf, 0, 64);
}

/* The port is at offset x of the answer, for place y. */
static void after_alloc(struct cpu *c, struct call *k, long rc)
{
	struct evtchn_close close = { c->ports[k->y] };

	if (rc)
		return;
	if (close.port)
		call_now(c, __HYPERVISOR_event_channel_op, EVTCHNOP_close, PTR(&close), 0, 0);
	c->ports[k->y] = *(u32 *)(k->buf + k->x);
}

static void answer_at(struct cpu *c, struct call *k, size_t offset)
{
	k->x = (u32)offset;
	k->y = below(c, PORTS);
	k->post = after_alloc;
}

static void make_alloc(struct cpu *c, struct call *k)
{
	evtchn_alloc_unbound_t *op = (void *)k->buf;

	op_init(k, EVTCHNOP_alloc_unbound);
	op->dom = one_in(c, 20) ? (domid_t)odd_word(c) : DOMID_SELF;
	op->remote_dom = one_in(c, 8) ? (domid_t)below(c, 4) : DOMID_SELF;
	answer_at(c, k, offsetof(evtchn_alloc_unbound_t, port));
}

static void make_bind(struct cpu *c, struct call *k)
{
	u32 r = below(c, 10);

	if (r < 5) {
		evtchn_bind_interdomain_t *op = (void *)k->buf;

		op_init(k, EVTCHNOP_bind_interdomain);
		op->remote_dom = one_in(c, 20) ? (domid_t)odd_word(c) : DOMID_SELF;
		op->remote_port = port_any(c);
		answer_at(c, k, offsetof(evtchn_bind_interdomain_t, local_port));
	} else if (r < 7) {
		evtchn_bind_ipi_t *op = (void *)k->buf;

		op_init(k, EVTCHNOP_bind_ipi);
		op->vcpu = below(c, nr_cpus + one_in(c, 8));
		answer_at(c, k, offsetof(evtchn_bind_ipi_t, port));
	} else if (r < 9) {
		evtchn_bind_virq_t *op = (void *)k->buf;

		op_init(k, EVTCHNOP_bind_virq);
		op->virq = one_in(c, 3) ? VIRQ_TIMER : below(c, NR_VIRQS + 2);
		op->vcpu = below(c, nr_cpus + one_in(c, 8));
		answer_at(c, k, offsetof(evtchn_bind_virq_t, port));
	} else {
		evtchn_bind_pirq_t *op = (void *)k->buf;

		op_init(k, EVTCHNOP_bind_pirq);
		op->pirq = below(c, 40);
		op->flags = below(c, 2);
		answer_at(c, k, offsetof(evtchn_bind_pirq_t, port));
	}
}

static void after_close(struct cpu *c, struct call *k, long rc)
{
	if (!rc)
		for (u32 i = 0; i < PORTS; i++)
			if (c->ports[i] == *(u32 *)k->buf)
				c->ports[i] = 0;
}

static void make_simple(struct cpu *c, struct call *k)
{
	static const u32 cmds[] = { EVTCHNOP_send, EVTCHNOP_send, EVTCHNOP_send, EVTCHNOP_unmask,
				    EVTCHNOP_close };
	u32 cmd = cmds[below(c, 5)];

	op_init(k, cmd);
	*(u32 *)k->buf = port_any(c);
	if (cmd == EVTCHNOP_close)
		k->post = after_close;
}

static void make_other(struct cpu *c, struct call *k)
{
	u32 *w = (u32 *)k->buf;

	switch (below(c, 4)) {
	case 0:
		op_init(k, EVTCHNOP_bind_vcpu);
		w[0] = port_any(c);
		w[1] = below(c, nr_cpus + one_in(c, 8));
		break;
	case 1:
		op_init(k, EVTCHNOP_status);
		*(u16 *)w = one_in(c, 20) ? (u16)odd_word(c) : DOMID_SELF;
		w[1] = port_any(c);
		break;
	case 2:
		op_init(k, EVTCHNOP_set_priority);
		w[0] = port_any(c);
		w[1] = below(c, one_in(c, 8) ? 20 : 16);
		break;
	default:
		op_init(k, below(c, 16));
		if (k->a[0] == EVTCHNOP_reset || k->a[0] == EVTCHNOP_init_control ||
		    k->a[0] == EVTCHNOP_expand_array || k->a[0] == EVTCHNOP_alloc_unbound)
			k->a[0] = EVTCHNOP_status;
	}
}

static void make_fifo(struct cpu *c, struct call *k)
{
	if (one_in(c, 2)) {
		evtchn_init_control_t *op = (void *)k->buf;

		op_init(k, EVTCHNOP_init_control);
		op->vcpu = below(c, nr_cpus + 1);
		op->offset = one_in(c, 4) ? below(c, 4200) : 8 * below(c, 8);
		op->control_gfn = virt_to_mfn(control[op->vcpu % MAX_CPUS]);
		if (one_in(c, 6))
			op->control_gfn = odd_frame(c);
	} else {
		evtchn_expand_array_t *op = (void *)k->buf;

		op_init(k, EVTCHNOP_expand_array);
		op->array_gfn = one_in(c, 4) ? odd_frame(c) : virt_to_mfn(words[below(c, 2)]);
	}
}

/* All ports go, and delivery is two-level again. */
static void run_reset(struct cpu *c)
{
	evtchn_reset_t op = { .dom = DOMID_SELF };

	if (!one_in(c, 8) ||
	    call_now(c, __HYPERVISOR_event_channel_op, EVTCHNOP_reset, PTR(&op), 0, 0))
		return;
	for (u32 i = 0; i < PORTS; i++)
		c->ports[i] = 0;
	event_init(c);
}

/* What a hostile or confused guest leaves in the pages that both sides write. */
static void run_scribble(struct cpu *c)
{
	u32 port = port_any(c) % 4096, *word;

	switch (below(c, 6)) {
	case 0: shared_info->evtchn_mask[port / 64] ^= 1UL << port % 64; break;
	case 1: shared_info->evtchn_pending[port / 64] ^= 1UL << port % 64; break;
	case 2: shared_info->vcpu_info[c->id].evtchn_pending_sel = rnd(c); break;
	case 3:
		word = (u32 *)words[0] + port % 1024;
		*word = one_in(c, 2) ? (u32)rnd(c) : *word ^ 1U << (28 + below(c, 4));
		break;
	case 4: ((u32 *)control[c->id])[below(c, 18)] = one_in(c, 2) ? port : (u32)rnd(c); break;
	default: shared_info->vcpu_info[c->id].evtchn_upcall_mask = (u8)below(c, 2);
	}
}

static void run_block(struct cpu *c)
{
	sched_poll_t poll = { .nr_ports = below(c, 4), .timeout = now_ns() + below(c, 30000) };
	u32 ports[4];

	for (int i = 0; i < 4; i++)
		ports[i] = port_any(c);
	set_xen_guest_handle(poll.ports, ports);
	if (one_in(c, 16))
		poll.nr_ports = (u32)odd_word(c);
	if (!poll.timeout)
		poll.timeout = 1;
	call_now(c, __HYPERVISOR_sched_op, SCHEDOP_poll, PTR(&poll), 0, 0);
}

void event_handle(struct cpu *c)
{
	vcpu_info_t *info = &shared_info->vcpu_info[c->id];

	c->upcalls++;
	info->evtchn_upcall_pending = 0;
	__atomic_exchange_n(&info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
	/* Some stay pending: those are raised again only after they were cleared. */
	if (c->upcalls % 4)
		shared_info->evtchn_pending[0] = 0;
	if (c->upcalls % 3 == 0) {
		__atomic_exchange_n((u32 *)control[c->id], 0, __ATOMIC_SEQ_CST);
		for (u32 i = 0; i < 64; i++)
			__atomic_fetch_and((u32 *)words[0] + i, ~(5U << 29), __ATOMIC_SEQ_CST);
	}
}

/* In every second life, FIFO. */
void event_init(struct cpu *c)
{
	if (!one_in(c, 2))
		return;
	evtchn_init_control_t op = { .control_gfn = virt_to_mfn(control[c->id]), .vcpu = c->id };
	evtchn_expand_array_t array = { .array_gfn = virt_to_mfn(words[0]) };

	if (!call_now(c, __HYPERVISOR_event_channel_op, EVTCHNOP_init_control, PTR(&op), 0, 0))
		call_now(c, __HYPERVISOR_event_channel_op, EVTCHNOP_expand_array, PTR(&array), 0, 0);
}

void event_undo(struct cpu *c)
{
	evtchn_reset_t op = { .dom = DOMID_SELF };

	if (call_now(c, __HYPERVISOR_event_channel_op, EVTCHNOP_reset, PTR(&op), 0, 0))
		complain("event channels cannot be reset");
	for (unsigned int n = 0; n < nr_cpus; n++)
		for (u32 i = 0; i < PORTS; i++)
			cpus[n].ports[i] = 0;
}

const struct op ops_event[] = {
	{ "evtchn_alloc", 30, make_alloc, NULL },
	{ "evtchn_bind", 50, make_bind, NULL },
	{ "evtchn_simple", 90, make_simple, NULL },
	{ "evtchn_other", 30, make_other, NULL },
	{ "evtchn_fifo", 6, make_fifo, NULL },
	{ "evtchn_reset", 2, NULL, run_reset },
	{ "evtchn_scribble", 40, NULL, run_scribble },
	{ "poll", 6, NULL, run_block },
	{ NULL, 0, NULL, NULL },
};
