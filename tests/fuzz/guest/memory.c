/* SPDX-License-Identifier: MIT */
/*
 * Frames given back, taken anew, and exchanged.
 */
#include "fuzz.h"

static void op_init(struct call *k, u32 cmd)
{
	k->nr = __HYPERVISOR_memory_op;
	k->a[0] = cmd;
	k->a[1] = PTR(k->buf);
	memset(k->buf, 0, 64);
}

/*
 * An own slot, mostly without a pin and an unfinished check, and mapped nowhere as far as is
 * known: else it cannot be exchanged.  To be given away it need not be so.
 */
static struct slot *quiet_slot(struct cpu *c)
{
	struct slot *s = &slots[c->id * CPU_SLOTS + below(c, OWN_SLOTS)];
	struct mmuext_op op = { .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = s->mfn };

	if (!s->mfn)
		return NULL;
	if (!one_in(c, 4)) {
		call_now(c, __HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
		s->pinned = false;
	}
	if (calls_abandoned && one_in(c, 2))
		finish_check(c, s->mfn);
	if (!one_in(c, 5))
		slot_map(c, s, NOT_MAPPED);
	return s;
}

static void run_decrease(struct cpu *c)
{
	struct slot *s = quiet_slot(c);
	xen_pfn_t m = s ? s->mfn : 0;
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

	if (!s)
		return;
	set_xen_guest_handle(r.extent_start, &m);
	if (one_in(c, 30))
		r.extent_order = one_in(c, 2) ? 40 : 19;
	if (call_now(c, __HYPERVISOR_memory_op, XENMEM_decrease_reservation, PTR(&r), 0, 0) == 1) {
		note_given(s->mfn);
		*s = (struct slot){ .map = NOT_MAPPED };
	}
}

static void run_populate(struct cpu *c)
{
	xen_pfn_t m[4] = { 0 };
	struct xen_memory_reservation r = { .domid = DOMID_SELF };
	struct slot *empty[4];
	u32 n = 0, cmd = one_in(c, 3) ? XENMEM_increase_reservation : XENMEM_populate_physmap;
	long done;

	for (u32 i = c->id * CPU_SLOTS; n < 4 && i < c->id * CPU_SLOTS + OWN_SLOTS; i++)
		if (!slots[i].mfn)
			empty[n++] = &slots[i];
	for (u32 i = 0; i < n; i++)
		m[i] = slot_index(empty[i]);
	r.nr_extents = n;
	set_xen_guest_handle(r.extent_start, m);
	if (one_in(c, 20)) {
		r.mem_flags = XENMEMF_address_bits(below(c, 40));
	} else if (one_in(c, 20)) {
		r.extent_order = one_in(c, 2) ? 40 : 19 + below(c, 8);
	} else if (one_in(c, 20)) {
		r.mem_flags = XENMEMF_node(below(c, 256));
	}
	done = call_now(c, __HYPERVISOR_memory_op, cmd, PTR(&r), 0, 0);
	for (long i = 0; i < done && i < (long)n; i++)
		*empty[i] = (struct slot){ .mfn = m[i], .kind = PLAIN, .map = NOT_MAPPED };
	for (long i = 0; i < done && i < (long)n; i++)
		slot_map(c, empty[i], one_in(c, 6) ? NOT_MAPPED : MAPPED_RW);
}

/* One for one, or four of order 0 for one of order 2, whose parts then are four frames. */
static void run_exchange(struct cpu *c)
{
	u32 order = one_in(c, 3) ? 2 : 0, n = 1U << order;
	xen_pfn_t in[4] = { 0 }, out[4] = { 0 };
	struct xen_memory_exchange x = { .in.nr_extents = n,
					 .in.domid = DOMID_SELF,
					 .out.nr_extents = 1,
					 .out.extent_order = order,
					 .out.domid = DOMID_SELF };
	struct slot *s[4];
	bool odd = one_in(c, 10);
	long rc;

	for (u32 i = 0; i < n; i++) {
		s[i] = quiet_slot(c);
		if (!s[i])
			return;
		in[i] = s[i]->mfn;
		for (u32 j = 0; j < i; j++)
			if (s[j] == s[i])
				return;
	}
	out[0] = slot_index(s[0]);
	set_xen_guest_handle(x.in.extent_start, in);
	set_xen_guest_handle(x.out.extent_start, out);
	if (one_in(c, 12))
		x.out.mem_flags = XENMEMF_address_bits(10 + below(c, 30));
	/* What may then be exchanged is nothing, or the model would not know. */
	if (odd) {
		x.nr_exchanged = one_in(c, 2) ? n : (xen_ulong_t)odd_word(c) | 16;
		x.in.extent_order = one_in(c, 2) ? 40 : 0;
		x.out.extent_start.p = (xen_pfn_t *)odd_word(c);
	}
	rc = call_now(c, __HYPERVISOR_memory_op, XENMEM_exchange, PTR(&x), 0, 0);
	if (rc || odd || x.nr_exchanged != n)
		return;
	for (u32 i = 0; i < n; i++) {
		note_given(s[i]->mfn);
		*s[i] = (struct slot){ .mfn = out[0] + i, .kind = PLAIN, .map = NOT_MAPPED };
		slot_map(c, s[i], MAPPED_RW);
	}
}

static void make_ask(struct cpu *c, struct call *k)
{
	static const u32 cmds[] = { XENMEM_current_reservation, XENMEM_maximum_reservation,
				    XENMEM_maximum_gpfn,	XENMEM_maximum_ram_page,
				    XENMEM_machphys_mapping,	XENMEM_memory_map,
				    XENMEM_machine_memory_map,	XENMEM_machphys_mfn_list,
				    XENMEM_acquire_resource };
	u32 cmd = cmds[below(c, 9)];
	u64 *w = (u64 *)k->buf;

	op_init(k, cmd);
	switch (cmd) {
	case XENMEM_memory_map:
	case XENMEM_machine_memory_map:
		((u32 *)w)[0] = below(c, 40);
		w[1] = one_in(c, 8) ? odd_word(c) : PTR(k->buf + 1024);
		break;
	case XENMEM_machphys_mfn_list:
		((u32 *)w)[0] = below(c, 100);
		w[1] = one_in(c, 8) ? odd_word(c) : PTR(k->buf + 1024);
		break;
	case XENMEM_acquire_resource: {
		struct xen_mem_acquire_resource *r = (void *)k->buf;

		r->domid = one_in(c, 4) ? (domid_t)below(c, 5) : 0;
		r->type = below(c, 3);
		r->id = below(c, 2);
		r->nr_frames = below(c, one_in(c, 8) ? 300 : 8);
		r->frame = below(c, 4);
		r->frame_list.p = (void *)PTR(k->buf + 1024);
		break;
	}
	default: *(u16 *)w = one_in(c, 8) ? (u16)odd_word(c) : DOMID_SELF;
	}
}

static void make_claim(struct cpu *c, struct call *k)
{
	struct xen_memory_reservation *r = (void *)k->buf;

	op_init(k, XENMEM_claim_pages);
	r->domid = one_in(c, 3) ? (domid_t)below(c, 4) : 0;
	r->nr_extents = one_in(c, 2) ? 0 : below(c, 64);
	if (one_in(c, 8))
		r->nr_extents = (xen_ulong_t)odd_word(c);
}

const struct op ops_memory[] = {
	{ "decrease", 10, NULL, run_decrease }, { "populate", 8, NULL, run_populate },
	{ "exchange", 10, NULL, run_exchange }, { "memory_ask", 15, make_ask, NULL },
	{ "claim", 3, make_claim, NULL },	{ NULL, 0, NULL, NULL },
};
