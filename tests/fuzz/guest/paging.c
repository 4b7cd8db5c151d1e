/* SPDX-License-Identifier: MIT */
/*
 * Page tables: making, pinning, changing and unmaking them.
 */
#include "fuzz.h"

struct write {
	volatile u64 *p;
	u64 value;
	u32 how;
};

/* Where an entry lives, as machine address, and what level its table is of. */
static u64 place(struct cpu *c, unsigned int *level)
{
	struct slot *s;
	u32 r = below(c, 16);

	if (r < 3) {
		*level = 2;
		return c->l2_maddr + below(c, WINDOWS + 2) * 8;
	}
	if (r < 5) {
		*level = 1;
		return c->user_l1_maddr + (USER_FUZZ_INDEX + below(c, 32)) * 8;
	}
	*level = 1 + below(c, 10) % 4;
	s = slot_kind(c, (enum kind) * level);
	if (!s) {
		s = slot_any(c);
		if (s->kind >= L1 && s->kind <= L4)
			*level = s->kind;
	}
	if (one_in(c, 100))
		return odd_frame(c) << 12 | below(c, 512) * 8;
	return (s->mfn << 12) + index_for(c, s->kind == L4 ? 4 : *level) * 8;
}

static void make_mmu_update(struct cpu *c, struct call *k)
{
	mmu_update_t *u = (mmu_update_t *)k->buf;
	u32 n = one_in(c, 3) ? 1 + below(c, 40) : 1 + below(c, 4);
	unsigned int level;
	u64 at = 0;

	for (u32 i = 0; i < n; i++) {
		if (!at || one_in(c, 3))
			at = place(c, &level);
		u[i].ptr = at;
		if (one_in(c, 3))
			u[i].ptr |= one_in(c, 30) ? below(c, 8) : MMU_PT_UPDATE_PRESERVE_AD;
		if (one_in(c, 40)) {
			u[i].ptr = slot_any(c)->mfn << 12 | MMU_MACHPHYS_UPDATE;
			u[i].val = below(c, 65536);
			continue;
		}
		u[i].val = entry_for(c, level);
		/* The next one nearby. */
		if (level == 1)
			at = (at & ~4095ULL) | ((at + 8) & 4095);
		else
			at = 0;
	}
	k->nr = __HYPERVISOR_mmu_update;
	k->a[0] = PTR(u);
	k->a[1] = n;
	k->a[2] = one_in(c, 2) ? PTR(k->buf + 4000) : 0;
	k->a[3] = one_in(c, 50) ? DOMID_IO : DOMID_SELF;
	k->count = n;
}

static void after_pin(struct cpu *c, struct call *k, long rc)
{
	struct mmuext_op *op = (struct mmuext_op *)k->buf;
	u32 done = *(u32 *)(k->buf + 4000);

	(void)c, (void)rc;
	for (u32 i = 0; i < k->count && i < done; i++)
		for (u32 j = 0; j < nr_cpus * CPU_SLOTS && op[i].cmd <= MMUEXT_UNPIN_TABLE; j++)
			if (slots[j].mfn == op[i].arg1.mfn)
				slots[j].pinned = op[i].cmd < MMUEXT_UNPIN_TABLE;
}

static void ext_one(struct cpu *c, struct mmuext_op *op)
{
	struct slot *s = slot_any(c);
	u32 r = below(c, 20);

	memset(op, 0, sizeof(*op));
	op->arg1.mfn = s->mfn;
	if (r < 9) {
		if (s->kind < L1 || s->kind > L4)
			s = slot_kind(c, (enum kind)(L1 + below(c, 4)));
		if (!s)
			s = slot_any(c);
		op->arg1.mfn = s->mfn;
		op->cmd = s->pinned			   ? MMUEXT_UNPIN_TABLE
			  : s->kind >= L1 && s->kind <= L4 ? (u32)(s->kind - L1)
							   : below(c, 5);
		if (one_in(c, 30))
			op->cmd = below(c, 5);
		return;
	}
	switch (r) {
	case 9: op->cmd = MMUEXT_TLB_FLUSH_LOCAL; break;
	case 10: op->cmd = MMUEXT_TLB_FLUSH_ALL; break;
	case 11:
	case 12:
		op->cmd = one_in(c, 2) ? MMUEXT_INVLPG_LOCAL : MMUEXT_INVLPG_ALL;
		op->arg1.linear_addr = one_in(c, 8) ? odd_word(c) : window_va(c);
		break;
	case 13:
		op->cmd = one_in(c, 2) ? MMUEXT_TLB_FLUSH_MULTI : MMUEXT_INVLPG_MULTI;
		op->arg1.linear_addr = window_va(c);
		op->arg2.vcpumask.p = (void *)(one_in(c, 8) ? odd_word(c) : PTR(&c->random));
		break;
	case 14:
	case 15:
		op->cmd = one_in(c, 2) ? MMUEXT_CLEAR_PAGE : MMUEXT_COPY_PAGE;
		op->arg1.mfn = slot_data(c)->mfn;
		op->arg2.src_mfn = slot_any(c)->mfn;
		break;
	case 16:
		op->cmd = MMUEXT_SET_LDT;
		s = slot_kind(c, SEGDESC);
		op->arg1.linear_addr = s ? PTR(slot_page(s)) : window_va(c) & ~4095ULL;
		op->arg2.nr_ents = one_in(c, 4) ? 0 : below(c, one_in(c, 9) ? 9000 : 512);
		break;
	case 17: op->cmd = MMUEXT_NEW_BASEPTR, op->arg1.mfn = root_mfn; break;
	case 18: op->cmd = one_in(c, 2) ? MMUEXT_MARK_SUPER : MMUEXT_UNMARK_SUPER; break;
	default:
		op->cmd = below(c, 24);
		if (op->cmd == MMUEXT_NEW_BASEPTR || op->cmd == MMUEXT_NEW_USER_BASEPTR ||
		    op->cmd == MMUEXT_CLEAR_PAGE || op->cmd == MMUEXT_COPY_PAGE ||
		    op->cmd == MMUEXT_FLUSH_CACHE || op->cmd == MMUEXT_FLUSH_CACHE_GLOBAL)
			op->cmd = MMUEXT_TLB_FLUSH_LOCAL;
	}
}

static void make_mmuext(struct cpu *c, struct call *k)
{
	struct mmuext_op *op = (struct mmuext_op *)k->buf;
	u32 n = one_in(c, 4) ? 1 + below(c, 8) : 1;

	for (u32 i = 0; i < n; i++)
		ext_one(c, &op[i]);
	*(u32 *)(k->buf + 4000) = 0;
	k->nr = __HYPERVISOR_mmuext_op;
	k->a[0] = PTR(op);
	k->a[1] = n;
	k->a[2] = PTR(k->buf + 4000);
	k->a[3] = DOMID_SELF;
	k->count = n;
	k->post = after_pin;
}

static void make_update_va(struct cpu *c, struct call *k)
{
	u64 flags = one_in(c, 3)   ? UVMF_INVLPG | (one_in(c, 2) ? UVMF_ALL : UVMF_LOCAL)
		    : one_in(c, 4) ? UVMF_TLB_FLUSH | (one_in(c, 2) ? UVMF_ALL : UVMF_LOCAL)
				   : 0;

	k->nr = __HYPERVISOR_update_va_mapping;
	k->a[0] = window_va(c);
	k->a[1] = entry_for(c, 1);
	k->a[2] = one_in(c, 40) ? odd_word(c) : flags;
	if (one_in(c, 12)) {
		k->nr = __HYPERVISOR_update_va_mapping_otherdomain;
		k->a[3] = one_in(c, 3) ? DOMID_IO : DOMID_SELF;
	}
}

/* Fill a page with what a table of @level may have, and take away the right to write to it. */
static void run_make_table(struct cpu *c)
{
	struct slot *s = slot_own(c);
	u32 level = 1 + below(c, 10) % 4, n = below(c, 12);
	u64 *table = (u64 *)slot_page(s);

	if (s->kind != PLAIN || !s->mfn || slot_index(s) % CPU_SLOTS < DATA_SLOTS)
		return;
	if (s->map != MAPPED_RW && slot_map(c, s, MAPPED_RW))
		return;
	/* Nothing of what was is left but by chance. */
	if (!one_in(c, 6)) {
		u64 left = 512, *p = table;

		__asm__ volatile("rep stosq" : "+D"(p), "+c"(left) : "a"(0UL) : "memory");
	}
	for (u32 i = 0; i < n; i++)
		table[index_for(c, level)] = entry_for(c, level);
	if (level == 4) {
		table[511] = ((u64 *)start_info->pt_base)[511];
		table[WINDOW_SLOT] = ((u64 *)start_info->pt_base)[WINDOW_SLOT];
	}
	if (one_in(c, 20)) {
		if (level != 4)
			table[below(c, 512)] = rnd(c) & ~(one_in(c, 2) ? 0x000ffff000000000ULL : 0);
	}
	if (!slot_map(c, s, MAPPED_RO))
		s->kind = (u8)level;
}

static void run_unmake(struct cpu *c)
{
	struct slot *s = slot_own(c);

	if (s->kind == PLAIN || !s->mfn)
		return;
	if (s->pinned) {
		struct mmuext_op op = { .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = s->mfn };

		if (!call_now(c, __HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF))
			s->pinned = false;
	}
	if (!slot_map(c, s, MAPPED_RW))
		s->kind = PLAIN;
}

/* The page of a slot at another page's place, or nowhere, or back again. */
static void run_linear(struct cpu *c)
{
	struct slot *s = slot_own(c);

	if (!s->mfn)
		return;
	if (s->map == MAPPED_OTHER || s->map == NOT_MAPPED || one_in(c, 2)) {
		slot_map(c, s, one_in(c, 2) || s->kind != PLAIN ? MAPPED_RO : MAPPED_RW);
	} else if (one_in(c, 3)) {
		slot_map(c, s, NOT_MAPPED);
	} else if (slot_private(c, s) &&
		   !call_now(c, __HYPERVISOR_update_va_mapping, PTR(slot_page(s)), entry_for(c, 1),
			     UVMF_INVLPG, 0)) {
		s->map = MAPPED_OTHER;
	}
}

static void do_write(void *arg)
{
	struct write *w = arg;
	volatile u64 *p = w->p;
	u64 v = w->value, old;

	switch (w->how) {
	case 0: *p = v; break;
	case 1: __asm__ volatile("xchg %0, %1" : "+r"(v), "+m"(*p)); break;
	case 2: __asm__ volatile("lock; orq %1, %0" : "+m"(*p) : "r"(v & 0xe63)); break;
	case 3: __asm__ volatile("lock; andq %1, %0" : "+m"(*p) : "r"(~(v & 0xe62))); break;
	case 4: __asm__ volatile("lock; btrq %1, %0" : "+m"(*p) : "r"(v & 63)); break;
	case 5: __asm__ volatile("btsq %1, %0" : "+m"(*p) : "Ir"(v % 12)); break;
	case 6:
		old = *p;
		__asm__ volatile("lock; cmpxchgq %2, %1" : "+a"(old), "+m"(*p) : "r"(v));
		break;
	case 7: __asm__ volatile("movl %1, %0" : "+m"(*p) : "r"((u32)v)); break;
	case 8: __asm__ volatile("movb %1, %0" : "+m"(*p) : "q"((u8)v)); break;
	case 9: __asm__ volatile("movw %1, %0" : "+m"(*p) : "r"((u16)v)); break;
	case 10: __asm__ volatile("lock; xaddq %0, %1" : "+r"(v), "+m"(*p)); break;
	case 11: __asm__ volatile("xorq $0x40, %0" : "+m"(*p)); break;
	case 12: __asm__ volatile("movq $0, %0" : "+m"(*p)); break;
	case 13: __asm__ volatile("movntiq %1, %0" : "+m"(*p) : "r"(v)); break;
	case 14: *(volatile u64 *)((u64)p ^ 4) = v; break;
	default: __asm__ volatile("incq %0" : "+m"(*p)); break;
	}
}

/* A plain store to a table, as a kernel without a hook does it. */
static void run_store(struct cpu *c)
{
	struct slot *s = slot_kind(c, (enum kind)(L1 + below(c, 10) % 4));
	struct write w = { .how = below(c, 17) };

	if (!s || (s->map != MAPPED_RO && s->map != MAPPED_RW))
		return;
	w.p = (volatile u64 *)slot_page(s) + index_for(c, s->kind);
	w.value = entry_for(c, s->kind);
	/* Adding to, or half of, an entry leads anywhere; not where the guest's core may lie. */
	if (w.how >= 7 && w.how <= 10)
		w.value = w.how == 10 ? 0x20 : w.value;
	if (w.how == 14 && s->kind == L4)
		w.how = 0;
	do_write(&w);
}

static void run_touch(struct cpu *c)
{
	volatile u64 *p = (volatile u64 *)window_va(c);
	u64 v;

	if (one_in(c, 4))
		p = (volatile u64 *)(slot_page(slot_own(c)) + (below(c, 512) & ~7U));
	if (one_in(c, 2) || (u64)p >> 39 != WINDOW_SLOT)
		v = *p;
	else
		*p = v = 0;
	(void)v;
}

/* A root of one's own, looked at before: what the kernel stands on must be in it. */
static void run_baseptr(struct cpu *c)
{
	struct mmuext_op op = { .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = root_mfn };
	struct slot *s = slot_own(c);

	for (int i = 0; i < 16 && (s->kind != L4 || !s->mfn); i++)
		s = slot_own(c);
	if (one_in(c, 2)) {
		op.cmd = MMUEXT_NEW_USER_BASEPTR;
		op.arg1.mfn = one_in(c, 3)   ? c->user_root_mfn
			      : one_in(c, 6) ? (one_in(c, 2) ? 0 : slot_any(c)->mfn)
					     : s->mfn;
		if (!call_now(c, __HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF))
			c->user_root = op.arg1.mfn != 0;
		return;
	}
	if (!one_in(c, 3) && s->kind == L4 && s->map == MAPPED_RO && slot_private(c, s) &&
	    ((u64 *)slot_page(s))[511] == ((u64 *)start_info->pt_base)[511])
		op.arg1.mfn = s->mfn;
	call_now(c, __HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

/* Descriptors, good and bad, in a page. */
static void run_make_segdesc(struct cpu *c)
{
	static const u64 good[] = { 0, 0x00affb000000ffff, 0x00cff3000000ffff, 0x00cffb000000ffff,
				    0x0040f2000000ffff };
	struct slot *s = slot_own(c);
	u64 *table = (u64 *)slot_page(s);

	if (s->kind != PLAIN || !s->mfn || slot_index(s) % CPU_SLOTS < DATA_SLOTS ||
	    slot_map(c, s, MAPPED_RW))
		return;
	for (u32 i = 0; i < 512; i++)
		table[i] = i < 64 ? good[rnd(c) % 5] : 0;
	if (one_in(c, 4))
		table[below(c, 512)] = rnd(c);
	if (!slot_map(c, s, MAPPED_RO))
		s->kind = SEGDESC;
}

static void make_set_gdt(struct cpu *c, struct call *k)
{
	u64 *frames = (u64 *)k->buf;
	u32 n = 1 + below(c, 3);

	for (u32 i = 0; i < n; i++) {
		struct slot *s = slot_kind(c, SEGDESC);

		frames[i] = s && !one_in(c, 20) ? s->mfn : slot_any(c)->mfn;
	}
	k->nr = __HYPERVISOR_set_gdt;
	k->a[0] = PTR(frames);
	k->a[1] = one_in(c, 4) ? 0 : one_in(c, 20) ? odd_word(c) : n * 512 - below(c, 8);
}

static void make_update_descriptor(struct cpu *c, struct call *k)
{
	struct slot *s = slot_kind(c, one_in(c, 6) ? PLAIN : SEGDESC);

	if (!s || (s->kind == PLAIN && slot_index(s) % CPU_SLOTS >= DATA_SLOTS))
		return;
	k->nr = __HYPERVISOR_update_descriptor;
	k->a[0] = s->mfn << 12 | below(c, 512) * 8;
	k->a[1] = one_in(c, 3) ? rnd(c) : 0x00cff3000000ffff ^ (1ULL << below(c, 64));
}

const struct op ops_paging[] = {
	{ "mmu_update", 150, make_mmu_update, NULL },
	{ "mmuext", 110, make_mmuext, NULL },
	{ "update_va", 130, make_update_va, NULL },
	{ "make_table", 60, NULL, run_make_table },
	{ "unmake", 50, NULL, run_unmake },
	{ "linear", 20, NULL, run_linear },
	{ "store", 70, NULL, run_store },
	{ "touch", 60, NULL, run_touch },
	{ "baseptr", 16, NULL, run_baseptr },
	{ "make_segdesc", 8, NULL, run_make_segdesc },
	{ "set_gdt", 10, make_set_gdt, NULL },
	{ "update_descriptor", 12, make_update_descriptor, NULL },
	{ NULL, 0, NULL, NULL },
};
