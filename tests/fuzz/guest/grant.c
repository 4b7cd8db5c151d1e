/* SPDX-License-Identifier: MIT */
/*
 * Grants of this domain to itself: what a backend does, with itself as the
 * frontend, and both of them unreliable.
 */
#include "fuzz.h"

volatile grant_entry_v1_t *grant_table;

#define GRANT_FRAMES 4

static u8 window[GRANT_FRAMES][4096] __attribute__((aligned(4096)));
u64 grant_stuck; /* handles whose frame was given back, or that another vCPU guessed */

void grant_init(void)
{
	xen_pfn_t frames[GRANT_FRAMES];
	gnttab_setup_table_t op = { .dom = DOMID_SELF, .nr_frames = GRANT_FRAMES };

	set_xen_guest_handle(op.frame_list, frames);
	if (hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &op, 1) || op.status)
		complain("no grant table");
	for (int i = 0; i < GRANT_FRAMES; i++)
		if (update_va(window[i], pte_of(frames[i], PLAIN_FLAGS), UVMF_INVLPG))
			complain("a grant table that cannot be mapped");
	grant_table = (volatile grant_entry_v1_t *)window;
}

static u32 ref_any(struct cpu *c)
{
	u32 limit = GRANT_FRAMES * 4096 / sizeof(grant_entry_v1_t) / MAX_CPUS;

	if (one_in(c, 40))
		return (u32)odd_word(c);
	if (nr_cpus > 1 && one_in(c, 6))
		return below(c, nr_cpus) * limit + 8 + below(c, 24);
	return c->id * limit + 8 + below(c, 24);
}

static domid_t self(void)
{
	return start_info->flags & SIF_PRIVILEGED ? 0 : (domid_t)DOMID_SELF;
}

/* Write an entry: whole, or a part of one in use. */
static void run_entry(struct cpu *c)
{
	u32 ref = ref_any(c) % 2048;
	volatile grant_entry_v1_t *e = &grant_table[ref];

	if (one_in(c, 4)) {
		e->flags ^= (u16)(1U << below(c, 5));
		return;
	}
	if (e->flags & (GTF_reading | GTF_writing) && !one_in(c, 6))
		return;
	e->flags = 0;
	e->domid = one_in(c, 12) ? (u16)below(c, 4) : (u16)(self() % DOMID_SELF);
	e->frame = (u32)(one_in(c, 20)	? odd_frame(c)
			 : one_in(c, 8) ? slot_any(c)->mfn
					: slot_data(c)->mfn);
	__asm__ volatile("" ::: "memory");
	e->flags = GTF_permit_access | (one_in(c, 3) ? GTF_readonly : 0);
}

static void after_map(struct cpu *c, struct call *k, long rc)
{
	gnttab_map_grant_ref_t *op = (void *)k->buf;

	for (u32 i = 0; !rc && i < k->count; i++) {
		struct handle *h = NULL;

		if (op[i].status)
			continue;
		for (u32 j = 0; j < HANDLES && !h; j++)
			if (!c->handles[j].used)
				h = &c->handles[j];
		if (!h) {
			complain("the fuzzer has more handles than it counted on");
		}
		*h = (struct handle){
			.used = true,
			.handle = op[i].handle,
			.host = op[i].flags & GNTMAP_host_map ? op[i].host_addr : 0,
			.dev = op[i].flags & GNTMAP_device_map ? op[i].dev_bus_addr : 0,
			.mfn = op[i].dev_bus_addr >> 12,
			.flags = (u16)op[i].flags,
		};
	}
}

static u32 handles_free(const struct cpu *c)
{
	u32 n = 0;

	for (u32 j = 0; j < HANDLES; j++)
		n += !c->handles[j].used;
	return n;
}

static void make_map(struct cpu *c, struct call *k)
{
	gnttab_map_grant_ref_t *op = (void *)k->buf;
	u32 n = 1 + below(c, 4);

	/* A batch of calls may hold more of these, each with its handles. */
	if (handles_free(c) != HANDLES && handles_free(c) < n * BATCH)
		n = 1;
	if (handles_free(c) < BATCH)
		return;
	if (n * BATCH > handles_free(c))
		n = 1;
	memset(op, 0, n * sizeof(*op));
	for (u32 i = 0; i < n; i++) {
		struct slot *s;

		op[i].ref = ref_any(c);
		op[i].dom = one_in(c, 30) ? (domid_t)below(c, 5) : DOMID_SELF;
		op[i].flags = one_in(c, 5) ? GNTMAP_device_map : GNTMAP_host_map;
		if (one_in(c, 6))
			op[i].flags |= GNTMAP_device_map;
		if (one_in(c, 2))
			op[i].flags |= GNTMAP_readonly;
		if (one_in(c, 30))
			op[i].flags ^= 1U << below(c, 7);
		op[i].host_addr = window_va(c);
		if (one_in(c, 3)) {
			op[i].flags |= GNTMAP_contains_pte;
			s = slot_kind(c, L1);
			op[i].host_addr = s ? (s->mfn << 12) + index_for(c, 1) * 8
					    : c->user_l1_maddr + (USER_FUZZ_INDEX + below(c, 32)) * 8;
		}
	}
	k->nr = __HYPERVISOR_grant_table_op;
	k->a[0] = GNTTABOP_map_grant_ref;
	k->a[1] = PTR(op);
	k->a[2] = n;
	k->count = n;
	k->post = after_map;
}

static void after_unmap(struct cpu *c, struct call *k, long rc)
{
	gnttab_unmap_grant_ref_t *op = (void *)k->buf;

	for (u32 i = 0; !rc && i < k->count; i++)
		for (u32 j = 0; j < HANDLES && !op[i].status; j++) {
			struct handle *h = &c->handles[j];

			if (!h->used || h->handle != op[i].handle)
				continue;
			if (op[i].host_addr)
				h->host = 0;
			if (op[i].dev_bus_addr)
				h->dev = 0;
			h->used = h->host || h->dev;
		}
}

static void make_unmap(struct cpu *c, struct call *k)
{
	gnttab_unmap_grant_ref_t *op = (void *)k->buf;
	u32 n = 1 + below(c, 3);

	memset(op, 0, n * sizeof(*op));
	for (u32 i = 0; i < n; i++) {
		struct handle *h = &c->handles[below(c, HANDLES)];

		for (u32 j = 0; j < HANDLES && !h->used; j++)
			h = &c->handles[below(c, HANDLES)];
		op[i].handle = one_in(c, 30) ? (u32)odd_word(c) : h->handle;
		if (!one_in(c, 6))
			op[i].host_addr = h->host;
		if (!one_in(c, 6))
			op[i].dev_bus_addr = h->dev;
		if (one_in(c, 30))
			op[i].host_addr = window_va(c);
	}
	k->nr = __HYPERVISOR_grant_table_op;
	k->a[0] = GNTTABOP_unmap_grant_ref;
	k->a[1] = PTR(op);
	k->a[2] = n;
	k->count = n;
	k->post = after_unmap;
}

static void make_copy(struct cpu *c, struct call *k)
{
	gnttab_copy_t *op = (void *)k->buf;
	u32 n = 1 + below(c, 3);

	memset(op, 0, n * sizeof(*op));
	for (u32 i = 0; i < n; i++) {
		op[i].source.domid = op[i].dest.domid = DOMID_SELF;
		op[i].source.u.gmfn = slot_any(c)->mfn;
		op[i].dest.u.gmfn = slot_data(c)->mfn;
		if (one_in(c, 2)) {
			op[i].source.u.ref = ref_any(c);
			op[i].flags |= GNTCOPY_source_gref;
		}
		/* By reference it could be any page that was granted; those are data, nearly all. */
		if (one_in(c, 3)) {
			op[i].dest.u.ref = ref_any(c);
			op[i].flags |= GNTCOPY_dest_gref;
			op[i].source.u.gmfn = slot_data(c)->mfn;
			op[i].flags &= (u16)~GNTCOPY_source_gref;
		}
		op[i].len = (u16)below(c, one_in(c, 8) ? 5000 : 512);
		op[i].source.offset = (u16)below(c, one_in(c, 8) ? 5000 : 3000);
		op[i].dest.offset = (u16)below(c, 3000);
		if (one_in(c, 40))
			op[i].source.domid = (domid_t)below(c, 5);
	}
	k->nr = __HYPERVISOR_grant_table_op;
	k->a[0] = GNTTABOP_copy;
	k->a[1] = PTR(op);
	k->a[2] = n;
	k->count = n;
}

static void make_query(struct cpu *c, struct call *k)
{
	u32 *w = (u32 *)k->buf;

	memset(k->buf, 0, 64);
	k->nr = __HYPERVISOR_grant_table_op;
	k->a[1] = PTR(k->buf);
	k->a[2] = one_in(c, 20) ? odd_word(c) : 1;
	switch (below(c, 5)) {
	case 0:
		k->a[0] = GNTTABOP_query_size;
		*(u16 *)w = one_in(c, 8) ? (u16)odd_word(c) : DOMID_SELF;
		break;
	case 1:
		k->a[0] = GNTTABOP_set_version;
		w[0] = below(c, 4);
		break;
	case 2:
		k->a[0] = GNTTABOP_get_version;
		*(u16 *)w = DOMID_SELF;
		break;
	case 3: {
		gnttab_setup_table_t *op = (void *)k->buf;

		k->a[0] = GNTTABOP_setup_table;
		op->dom = one_in(c, 8) ? (domid_t)odd_word(c) : DOMID_SELF;
		op->nr_frames = below(c, one_in(c, 8) ? 100 : 6);
		op->frame_list.p = (void *)(one_in(c, 8) ? odd_word(c) : PTR(k->buf + 1024));
		break;
	}
	default:
		k->a[0] = 5 + below(c, 9);
		if (k->a[0] == GNTTABOP_copy)
			k->a[0] = GNTTABOP_swap_grant_ref;
		k->a[2] = 1;
	}
}

/*
 * All handles go.  If an ordinary update has replaced a mapping's entry, one
 * like it is made elsewhere first: it is our own frame, and an unmapping takes
 * any place that maps it.  Called when nothing else uses the frames any more.
 */
static void undo_one(struct cpu *c, struct handle *h)
{
	static u8 scratch[4096] __attribute__((aligned(4096)));
	gnttab_unmap_grant_ref_t op = { .handle = h->handle, .dev_bus_addr = h->dev };
	u64 e = pte_of(h->mfn, h->flags & GNTMAP_readonly ? PLAIN_FLAGS & ~PTE_RW : PLAIN_FLAGS);
	mmu_update_t u = { .ptr = c->user_l1_maddr + 8 * 8, .val = e };

	/* Each part by itself, so that one can go without the other. */
	if (h->dev)
		call_now(c, __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, PTR(&op), 1, 0);
	op.dev_bus_addr = 0;
	op.host_addr = h->host;
	if (h->host)
		call_now(c, __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, PTR(&op), 1, 0);
	if (op.status == GNTST_okay)
		return;
	if (h->flags & GNTMAP_contains_pte) {
		op.host_addr = u.ptr;
		call_now(c, __HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
	} else {
		op.host_addr = PTR(scratch);
		call_now(c, __HYPERVISOR_update_va_mapping, PTR(scratch), e, UVMF_INVLPG, 0);
	}
	call_now(c, __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, PTR(&op), 1, 0);
	if (op.status == GNTST_okay)
		return;
	grant_stuck++;
	/* The handle may have gone by another vCPU's guess, and what was made here would stay. */
	u.val = 0;
	if (h->flags & GNTMAP_contains_pte)
		call_now(c, __HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
	else
		call_now(c, __HYPERVISOR_update_va_mapping, PTR(scratch), 0, UVMF_INVLPG, 0);
}

void grant_undo(struct cpu *c)
{
	for (u32 j = 0; j < HANDLES; j++) {
		if (c->handles[j].used)
			undo_one(c, &c->handles[j]);
		c->handles[j].used = false;
	}
}

const struct op ops_grant[] = {
	{ "grant_entry", 40, NULL, run_entry },	 { "grant_map", 45, make_map, NULL },
	{ "grant_unmap", 40, make_unmap, NULL }, { "grant_copy", 25, make_copy, NULL },
	{ "grant_query", 8, make_query, NULL },	 { NULL, 0, NULL, NULL },
};
