/* SPDX-License-Identifier: MIT */
/*
 * Claim: a processor on which a guest runs on a copy of its top-level table walks no entry of it that
 * another vCPU has taken away, sees one that was added, and takes a table that was freed and filled anew
 * for what it is now (XSA-279, XSA-286, XSA-438).
 * Attack: a vCPU that never leaves by itself reads an address while the other changes the top-level
 * entry above it, flushes, and makes the old tables into ordinary pages; and roots come and go.
 * Defence: the copy has an age (frame/xpti.h); a root stays a table while any vCPU runs on it.
 * CPU: max,vendor=GenuineIntel
 * SMP: 2
 * Proves: XSA-254
 * Proves: XSA-279
 * Proves: XSA-286
 * Proves: XSA-438
 */
#include "guest.h"

#define SLOT   5UL
#define PROBE  ((volatile u64 *)(SLOT << 39))
#define ABSENT 0xabb5e47UL
#define FLAGS  (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define ROUNDS 200

/* Two chains of tables that map the probe to two pages. */
struct chain {
	u64 *l3, *l2, *l1, *page;
};

static struct chain a, b;
static u64 *first_root, *second_root;
static volatile u64 seen, want_root, live_root;
static volatile unsigned int rounds, faults;

static void second(void)
{
	u64 value;

	for (;;) {
		u64 root = want_root;

		if (root != live_root) {
			long rc = mmuext(MMUEXT_NEW_BASEPTR, root);

			if (rc)
				check_is(rc, 0, "the other vCPU changes its root");
			live_root = root;
		}
		if (try_read(PROBE, &value)) {
			seen = value;
		} else {
			seen = ABSENT;
			faults++;
		}
		rounds++;
	}
}

/* What the other vCPU reads from now on. */
static u64 look(void)
{
	for (unsigned int turn = 0; turn < 2; turn++)
		if (!wait_change(&rounds, rounds, 20000))
			return 0xdead;
	return seen;
}

static void build(struct chain *c, u64 value)
{
	c->l3 = page_alloc();
	c->l2 = page_alloc();
	c->l1 = page_alloc();
	c->page = page_alloc();
	c->page[0] = value;
	c->l3[0] = pte_of(virt_to_mfn(c->l2), FLAGS);
	c->l2[0] = pte_of(virt_to_mfn(c->l1), FLAGS);
	c->l1[0] = pte_of(virt_to_mfn(c->page), FLAGS);
	set_readonly(c->l3);
	set_readonly(c->l2);
	set_readonly(c->l1);
}

static long set(const u64 *root, const struct chain *c)
{
	return mmu_update(virt_to_mfn(root) << 12 | SLOT * 8,
			  c ? pte_of(virt_to_mfn(c->l3), FLAGS) : 0);
}

static void flush_all(void)
{
	mmuext(MMUEXT_TLB_FLUSH_ALL, 0);
}

static void entries(void)
{
	unsigned int wrong = 0, late = 0, kept = 0, written = 0, before;

	for (int i = 0; i < ROUNDS; i++) {
		set(first_root, &a);
		late += look() != 1;
		before = faults;
		set(first_root, &b);
		flush_all();
		wrong += look() != 2;
		wrong += faults != before;
		set(first_root, NULL);
		flush_all();
		wrong += look() != ABSENT;
		/* Both are pages like others now: what stands there maps nothing. */
		if (mmuext(MMUEXT_PIN_L3_TABLE, virt_to_mfn(a.l3)) == 0)
			kept += mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(a.l3)) != 0;
		if (set_writable(a.l3) == 0) {
			a.l3[0] = pte_of(virt_to_mfn(b.l2), FLAGS);
			written += look() != ABSENT;
			a.l3[0] = pte_of(virt_to_mfn(a.l2), FLAGS);
			kept += set_readonly(a.l3) != 0;
		} else {
			kept++;
		}
	}
	check_is(late, 0, "entries that were added and not seen");
	check_is(wrong, 0, "entries that outlived a change and a flush");
	check_is(kept, 0, "tables that stayed tables");
	check_is(written, 0, "former tables that were walked");
}

/* Let the other vCPU run on @root; what it reads there. */
static u64 look_on(const u64 *root)
{
	u64 end = now_ns() + 20000000000;

	want_root = virt_to_mfn(root);
	while (live_root != want_root)
		if (now_ns() > end)
			return 0xdead;
	return look();
}

static void roots(void)
{
	unsigned int wrong = 0, lost = 0, taken = 0;

	for (int i = 0; i < ROUNDS; i++) {
		const struct chain *c = i % 2 ? &a : &b;

		if (set_writable(second_root))
			lost++;
		for (int slot = 0; slot < 512; slot++)
			second_root[slot] = slot >= 256 && slot < 272 ? 0 : first_root[slot];
		second_root[SLOT] = pte_of(virt_to_mfn(c->l3), FLAGS);
		set_readonly(second_root);
		if (mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(second_root)))
			lost++;
		wrong += look_on(second_root) != (i % 2 ? 1 : 2);
		/* Only the other vCPU holds it now. */
		if (mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(second_root)))
			lost++;
		taken += set_writable(second_root) == 0;
		wrong += look() != (i % 2 ? 1 : 2);
		wrong += look_on(first_root) != ABSENT;
	}
	check_is(wrong, 0, "roots that were not what they should be");
	check_is(taken, 0, "roots in use that could be written");
	check_is(lost, 0, "roots that were not to be had");
}

void proof(void)
{
	first_root = (u64 *)start_info->pt_base;
	second_root = page_alloc();
	build(&a, 1);
	build(&b, 2);
	want_root = live_root = virt_to_mfn(first_root);
	check_is(smp_start(second), 0, "start the other vCPU");
	check(look() == ABSENT, "nothing is mapped at first");
	entries();
	roots();
}
