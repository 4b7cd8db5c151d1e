/* SPDX-License-Identifier: MIT */
/*
 * Page tables against a guest that does anything.
 *
 * The real frame/ and paging/ code and the hypercalls on top of it run on a
 * machine of a few frames in plain memory.  A random guest writes page tables,
 * pins, unpins, switches roots, gives frames back, is mapped by another domain;
 * any operation may be preempted at any point where it asks.  After every
 * operation each frame's counts are compared with what the tables really hold,
 * and at the end every frame must come back.
 */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The machine's layout, at addresses that a process can have. */
#include "x86/layout.h"
#undef FRAME_TABLE_START
#undef DIRECTMAP_START
#undef M2P_RW_START
#define FRAME_TABLE_START 0x200000000000UL
#define DIRECTMAP_START	  0x210000000000UL
#define M2P_RW_START	  0x220000000000UL

#include "../../../../hypervisor/domain/policy.c"
#include "../../../../hypervisor/frame/owner.c"
#include "../../../../hypervisor/frame/type.c"
#include "../../../../hypervisor/paging/mapping.c"
#include "../../../../hypervisor/paging/segment.c"
#define report report_validate
#include "../../../../hypervisor/paging/validate.c"
#undef report
#include "../../../../hypervisor/paging/drop.c"
#include "../../../../hypervisor/paging/update.c"
#include "../../../../hypervisor/paging/walk.c"
#include "../../../../hypervisor/paging/base.c"
#include "../../../../hypervisor/paging/segdesc.c"
#include "../../../../hypervisor/paging/grant.c"
#include "../../../../hypervisor/paging/relinquish.c"
#include "../../../../hypervisor/paging/target.c"
#include "../../../../hypervisor/paging/flushmask.c"
#include "../../../../hypervisor/hypercall/mmu_update.c"
#include "../../../../hypervisor/hypercall/mmuext_op.c"
#include "../../../../hypervisor/hypercall/update_va_mapping.c"

#define FRAMES	   96
#define GUEST	   64 /* frames 1 .. GUEST-1 begin as the guest's, the rest as the other's */
#define OPERATIONS 600
#define MMIO_MFN   (FRAMES + 7)

u64 frame_table_size = FRAMES;
pte_t hostmap_l4[PTES_PER_TABLE];
unsigned long cpu_online_map[1] = { 1 };
unsigned int nr_cpus = 1;
struct cpu_features cpu_features = { .pte_reserved = PTE_ADDR & ~((1UL << 40) - 1) };
struct speculation speculation;
u64 xpti_generation;

static u64 seed;
static unsigned int preempt_chance; /* one in so many; 0: never */
static struct domain guest, other;
static struct vcpu guest_vcpu, other_vcpu;
static bool is_free[FRAMES];

static u32 rnd(u32 n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (u32)(seed >> 11) % n;
}

static u32 random_softirq(void)
{
	return preempt_chance && !rnd(preempt_chance);
}

/* What lies outside the code under test. */
u32 tlb_clock(void)
{
	return 1;
}
unsigned long tlb_filter(unsigned long mask, u32 stamp)
{
	(void)stamp;
	return mask;
}
void tlb_flush_mask(unsigned long mask)
{
	(void)mask;
}
void tlb_flush_page_mask(unsigned long mask, u64 va)
{
	(void)mask, (void)va;
}
void tlb_flush_local(void)
{
}
void tlb_flush_page_local(u64 va)
{
	(void)va;
}
void tlb_write_cr3(mfn_t m)
{
	ck_assert(type_of(frame_of(m)) == FRAME_L4);
}
void log_print(enum log_level l, const char *f, ...)
{
	(void)l, (void)f;
}
void log_guest(enum log_level l, const char *f, ...)
{
	(void)l, (void)f;
}
void desc_load_gdt(const mfn_t *f, unsigned int n)
{
	(void)f, (void)n;
}
void desc_load_ldt(const mfn_t *f, unsigned int n)
{
	(void)f, (void)n;
}
void ipi_call(unsigned long m, void (*fn)(void *), void *a)
{
	(void)m, (void)fn, (void)a;
}
bool hostmap_is_ram(mfn_t m)
{
	return m.v < FRAMES;
}
bool access_mmio(const struct domain *d, u64 m, u64 n)
{
	return d == &guest && m == MMIO_MFN && n == 1;
}
bool access_mmio_readonly(const struct domain *d, mfn_t m)
{
	return d == &guest && m.v == MMIO_MFN + 1;
}
struct domain *domain_get(u16 id)
{
	return id == 1 ? &guest : id == 2 ? &other : NULL;
}
void domain_ref(struct domain *d)
{
}

void domain_put(struct domain *d)
{
	(void)d;
}
void alloc_scrub_hold(void)
{
}
void alloc_scrub_resume(void)
{
}
void alloc_free_page(void *p)
{
	(void)p;
	abort();
}
void alloc_free_frames(mfn_t m, unsigned int order)
{
	ck_assert(!order && !is_free[m.v] && !frame_of(m)->ref && !frame_of(m)->type);
	is_free[m.v] = true;
}
size_t usercopy_from(void *dst, gaddr_t src, size_t len)
{
	memcpy(dst, (void *)src.v, len);
	return 0;
}
size_t usercopy_to(gaddr_t dst, const void *src, size_t len)
{
	memcpy((void *)dst.v, src, len);
	return 0;
}

/* The reference count of everything, from scratch. */
static struct {
	u64 ref, uses[FRAME_WRITABLE + 1];
} want[FRAMES];

static void want_use(mfn_t m, enum frame_type kind)
{
	want[m.v].ref++;
	want[m.v].uses[kind]++;
}

static void count_table(const struct frame *f, unsigned int n)
{
	const u64 *e = mfn_to_virt(frame_mfn(f));
	enum frame_type kind = type_of(f);

	for (unsigned int i = 0; i < n; i++) {
		mfn_t m = pte_mfn((pte_t){ e[i] });

		if (!(i % LINE) && i + LINE <= n && line_empty(e + i)) {
			i += LINE - 1;
			continue;
		}
		if (!(e[i] & PTE_PRESENT) || entry_slot_reserved(kind - FRAME_L1 + 1, i))
			continue;
		ck_assert(e[i] & PTE_USER);
		if (kind > FRAME_L1) {
			want_use(m, (enum frame_type)(kind - 1));
			ck_assert_uint_eq(frame_of(m)->owner, f->owner);
		} else if (m.v >= FRAMES) {
			ck_assert(m.v == MMIO_MFN || (m.v == MMIO_MFN + 1 && !(e[i] & PTE_RW)));
		} else if (e[i] & PTE_RW) {
			want_use(m, FRAME_WRITABLE);
		} else {
			want[m.v].ref++;
		}
	}
}

static void count_vcpu(const struct vcpu *v)
{
	if (root_set(v->root))
		want_use(v->root, FRAME_L4);
	if (root_set(v->root_user))
		want_use(v->root_user, FRAME_L4);
	if (v->dropping)
		want_use(frame_mfn(v->dropping), type_of(v->dropping));
	for (unsigned int i = 0; i < DIV_ROUND_UP(v->gdt_entries, 512); i++)
		want_use(v->gdt_frames[i], FRAME_SEGDESC);
	for (unsigned int i = 0; i < DIV_ROUND_UP(v->ldt_entries, 512); i++)
		want_use(v->ldt_frames[i], FRAME_SEGDESC);
}

static void count_frame(const struct frame *f)
{
	u64 m = frame_mfn(f).v, w = f->type;
	enum frame_type kind = typeword_kind(w);

	want[m].ref += (f->ref & FRAME_ALLOCATED) != 0;
	if (w & TYPEWORD_PINNED)
		want_use(mfn(m), kind);
	want[m].ref += (w & TYPEWORD_PARTIAL) != 0;
	if (kind < FRAME_L1 || kind > FRAME_L4)
		return;
	count_table(f, w & TYPEWORD_VALID     ? PTES_PER_TABLE
		       : w & TYPEWORD_PARTIAL ? typeword_cursor(w)
					      : 0);
	if (kind == FRAME_L4 && (w & TYPEWORD_VALID))
		ck_assert(!memcmp((u64 *)mfn_to_virt(mfn(m)) + HV_SLOT_FIRST,
				  hostmap_l4 + HV_SLOT_FIRST, 16 * 8));
}

static void check_all(void)
{
	memset(want, 0, sizeof(want));
	count_vcpu(&guest_vcpu);
	count_vcpu(&other_vcpu);
	if (guest.relinquishing)
		want[frame_mfn(guest.relinquishing).v].ref++;
	for (u64 m = 1; m < FRAMES; m++)
		count_frame(frame_of(mfn(m)));
	for (u64 m = 1; m < FRAMES; m++) {
		const struct frame *f = frame_of(mfn(m));
		enum frame_type kind = typeword_kind(f->type);

		ck_assert(!(f->type & TYPEWORD_BUSY));
		ck_assert_msg((f->ref & FRAME_COUNT) == want[m].ref, "mfn %lx: ref %lx, not %lx", m,
			      f->ref, want[m].ref);
		for (int k = FRAME_L1; k <= FRAME_WRITABLE; k++) {
			u64 have = k == (int)kind ? typeword_count(f->type) : 0;

			ck_assert_msg(have == want[m].uses[k],
				      "mfn %lx: type %lx, but %lu uses as %d", m, f->type,
				      want[m].uses[k], k);
		}
		ck_assert_int_eq(is_free[m], !f->ref);
	}
	ck_assert(!guest.mm_lock.owner && !other.mm_lock.owner && !guest.pool.lock.owner);
}

/* Call as the guest would: again with the arguments left for it. */
static long call(long (*fn)(u64, u64, u64, u64, u64), u64 a1, u64 a2, u64 a3, u64 a4)
{
	u64 a[4] = { a1, a2, a3, a4 };
	long r;

	while ((r = fn(a[0], a[1], a[2], a[3], 0)) == -ERESTART) {
		if (!rnd(8))
			check_all();
		/* Now and then a guest does not come back for the rest. */
		if (preempt_chance && !rnd(50))
			return r;
		memcpy(a, current->restart_args, sizeof(a));
	}
	check_all();
	return r;
}

static u64 guest_mfn(void)
{
	return 1 + rnd(GUEST - 1);
}

/* Frames by their role, so that what is built often makes sense: 1-4 L4, 5-12 L3, 13-24 L2, 25-40 L1. */
static u64 role_mfn(unsigned int level)
{
	static const u8 first[6] = { 41, 25, 13, 5, 1, 0 }, n[6] = { GUEST - 41, 16, 12, 8, 4, 0 };

	if (!rnd(12) || level > 4)
		return rnd(2) ? guest_mfn() : rnd(FRAMES + 10);
	return first[level] + rnd(n[level]);
}

static u64 random_flags(void)
{
	u64 f = PTE_PRESENT | (rnd(2) ? PTE_RW : 0) | (rnd(2) ? PTE_USER : 0);

	if (!rnd(10))
		f |= 1UL << rnd(12);
	if (!rnd(10))
		f &= ~PTE_PRESENT;
	if (!rnd(30))
		f |= PTE_NX;
	return f;
}

static unsigned int random_index(unsigned int level)
{
	static const u16 l4[] = { 0, 1, 255, 272, 511, 256, 271 };

	return level == 4 ? l4[rnd(ARRAY_SIZE(l4))] : rnd(3) ? rnd(4) : rnd(512);
}

static void op_update(void)
{
	mmu_update_t reqs[40];
	u32 n = rnd(4) ? 1 : 1 + rnd(40), done = 0;
	unsigned int level = 1 + rnd(4);
	u64 table = role_mfn(level);

	for (u32 i = 0; i < n; i++) {
		if (!rnd(4))
			level = 1 + rnd(4), table = role_mfn(level);
		reqs[i].ptr = (table << PAGE_SHIFT) + random_index(level) * 8 + (rnd(4) ? 0 : rnd(4));
		reqs[i].val = rnd(5) ? pte_make(mfn(role_mfn(level - 1)), random_flags()).v : 0;
	}
	call(hypercall_mmu_update, (u64)reqs, n, (u64)&done, DOMID_SELF);
	ck_assert_uint_le(done, n);
}

static void op_ext(unsigned int cmd, u64 m)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.mfn = m;
	call(hypercall_mmuext_op, (u64)&op, 1, 0, DOMID_SELF);
}

static void op_pin(void)
{
	unsigned int level = 1 + rnd(4);

	op_ext(MMUEXT_PIN_L1_TABLE + level - 1, role_mfn(level));
}

static void op_gdt(void)
{
	u64 frames[2] = { guest_mfn(), guest_mfn() };

	paging_set_gdt(&guest_vcpu, frames, rnd(3) * 512);
	paging_update_descriptor(&guest, maddr((guest_mfn() << PAGE_SHIFT) + rnd(512) * 8),
				 rnd(2) ? 0x00cff3000000ffffULL : seed);
	check_all();
}

static void op_memory(void)
{
	mfn_t m = mfn(guest_mfn());

	switch (rnd(3)) {
	case 0:
		if (owner_get(m, guest.id)) {
			owner_drop_allocation(frame_of(m));
			owner_put(frame_of(m));
		}
		break;
	case 1:
		if (!owner_steal(&guest.pool, m))
			is_free[m.v] = true;
		guest.pool.held = 0; /* nothing comes for it */
		break;
	default:
		for (u64 i = 1; i < GUEST; i++)
			if (is_free[i]) {
				is_free[i] = false;
				memset(mfn_to_virt(mfn(i)), 0, PAGE_SIZE);
				ck_assert(!owner_assign(&guest.pool, mfn(i), 0));
			}
	}
	check_all();
}

/* The other, privileged domain maps the guest's frames; its L1 is its first frame. */
static void op_foreign(void)
{
	mmu_update_t req = { .ptr = ((u64)GUEST << PAGE_SHIFT) + rnd(8) * 8 };

	req.val = rnd(4) ? pte_make(mfn(guest_mfn()), random_flags()).v : 0;
	current = &other_vcpu;
	call(hypercall_mmu_update, (u64)&req, 1, 0, guest.id);
	if (!rnd(10)) {
		struct mmuext_op op = { .cmd = rnd(2) ? MMUEXT_PIN_L4_TABLE : MMUEXT_UNPIN_TABLE };

		op.arg1.mfn = role_mfn(4);
		call(hypercall_mmuext_op, (u64)&op, 1, 0, guest.id);
	}
	current = &guest_vcpu;
}

/* The guest maps a frame that the other granted. */
static void op_grant(void)
{
	u64 ptr = (role_mfn(1) << PAGE_SHIFT) + rnd(4) * 8;
	bool write = rnd(2);
	mfn_t m = mfn(GUEST + 4 + rnd(4));
	pte_t old;

	if (write ? type_get_owned(m, other.id, FRAME_WRITABLE) != 0 : !owner_get(m, other.id))
		return;
	if (paging_grant_map(current, ptr, true, pte_make(m, write ? 3 : 1), &old)) {
		if (write)
			type_put_owned(frame_of(m));
		else
			owner_put(frame_of(m));
		check_all();
		return;
	}
	paging_put_entry_l1(old, &guest);
	check_all();
	if (rnd(2) && !paging_grant_unmap(current, ptr, true, m, !write)) {
		if (write)
			type_put_owned(frame_of(m));
		else
			owner_put(frame_of(m));
		check_all();
	}
}

static void op_va(void)
{
	u64 va = ((u64)rnd(2) << 39) | ((u64)rnd(4) << 30) | ((u64)rnd(4) << 21) | (rnd(4) << 12);

	call(hypercall_update_va_mapping, va, pte_make(mfn(role_mfn(0)), random_flags()).v,
	     UVMF_NONE, 0);
	paging_spurious_fault(current, va, 2);
	check_all();
}

static void one_operation(void)
{
	switch (rnd(16)) {
	case 0:
	case 1: op_pin(); break;
	case 2: op_ext(MMUEXT_UNPIN_TABLE, role_mfn(1 + rnd(4))); break;
	case 3: op_ext(MMUEXT_NEW_BASEPTR, role_mfn(4)); break;
	case 4: op_ext(MMUEXT_NEW_USER_BASEPTR, rnd(3) ? role_mfn(4) : 0); break;
	case 5: op_ext(rnd(2) ? MMUEXT_CLEAR_PAGE : MMUEXT_COPY_PAGE, guest_mfn()); break;
	case 6: op_gdt(); break;
	case 7: op_memory(); break;
	case 8: op_foreign(); break;
	case 9: op_grant(); break;
	case 10: op_va(); break;
	default: op_update();
	}
}

static void domain_begin(struct domain *d, struct vcpu *v, u16 id, u64 first, u64 end)
{
	memset(d, 0, sizeof(*d));
	memset(v, 0, sizeof(*v));
	d->id = id;
	d->max_vcpus = 1;
	d->vcpu[0] = v;
	v->domain = d;
	v->in_kernel = true;
	v->root = v->root_user = INVALID_MFN;
	owner_pool_init(&d->pool, id);
	d->pool.max = FRAMES;
	for (u64 m = first; m < end; m++) {
		is_free[m] = false;
		ck_assert(!owner_assign(&d->pool, mfn(m), 0));
	}
}

static void machine_begin(void)
{
	memset(frame_table, 0, sizeof(struct frame) * FRAMES);
	memset(mfn_to_virt(mfn(0)), 0, FRAMES * PAGE_SIZE);
	for (unsigned int i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
		hostmap_l4[i].v = 0x1000000063 + i * PAGE_SIZE;
	domain_begin(&guest, &guest_vcpu, 1, 1, GUEST);
	domain_begin(&other, &other_vcpu, 2, GUEST, FRAMES);
	other.privileged = true;
	current = &other_vcpu;
	op_ext(MMUEXT_PIN_L1_TABLE, GUEST);
	current = &guest_vcpu;
}

static void destroy(struct domain *d)
{
	int r;

	d->pool.dying = true;
	d->pool.visiting = false;
	while ((r = paging_drop_vcpus(d)) != 0)
		ck_assert_int_eq(r, -EINTR);
	while ((r = paging_relinquish(d)) != 0) {
		ck_assert_int_eq(r, -EINTR);
		if (!rnd(8))
			check_all();
	}
	check_all();
}

static void one_life(u64 s, unsigned int chance)
{
	seed = s * 0x9e3779b97f4a7c15ULL + 1;
	preempt_chance = chance;
	machine_begin();
	for (unsigned int i = 0; i < OPERATIONS; i++)
		one_operation();
	/* The other destroys the guest, then goes itself. */
	current = &other_vcpu;
	destroy(&guest);
	destroy(&other);
	for (u64 m = 1; m < FRAMES; m++)
		ck_assert_msg(is_free[m], "mfn %lx leaked: ref %lx type %lx owner %u", m,
			      frame_of(mfn(m))->ref, frame_of(mfn(m))->type, frame_of(mfn(m))->owner);
	ck_assert_uint_eq(guest.pool.count + other.pool.count, 0);
}

static void map_at(u64 at, u64 size)
{
	void *p = mmap((void *)at, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	ck_assert_ptr_eq(p, (void *)at);
}

static void lives(unsigned int chance)
{
	const char *text = getenv("TABLES_SEEDS");
	unsigned int n = text ? (unsigned int)atoi(text) : 1;

	map_at(FRAME_TABLE_START, ROUND_UP(FRAMES * sizeof(struct frame), PAGE_SIZE));
	map_at(DIRECTMAP_START, FRAMES * PAGE_SIZE);
	map_at(M2P_RW_START, PAGE_SIZE);
	for (u64 s = 1; s <= n; s++)
		one_life(s, chance);
}

START_TEST(counts_hold_whatever_a_guest_does)
{
	lives(0);
}
END_TEST

START_TEST(and_however_it_is_preempted)
{
	lives(3);
}
END_TEST

START_TEST(and_when_it_is_preempted_always)
{
	lives(1);
}
END_TEST

UNIT_MAIN("paging/tables", counts_hold_whatever_a_guest_does, and_however_it_is_preempted,
	  and_when_it_is_preempted_always)
