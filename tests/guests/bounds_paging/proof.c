/* SPDX-License-Identifier: MIT */
/*
 * Claim: checking, failing to check and dropping whole trees of tables keeps nobody waiting.
 * Attack: a tree of 100 full level-1 tables, sound or with its very last entry bad; entries that
 *   hold such trees replaced many in one batch; counts of 2^31 and 2^32 - 1, with a clock that ticks.
 * Defence: cursors in the type word, failed checks are undone in rounds, one dropped table a batch.
 * MEMORY: 512
 * CLOCK: it gets no event before the tables it let go of itself are undone
 *
 * Proves: mmuext_op.MMUEXT_PIN_L4_TABLE ok refused
 * Proves: mmuext_op.MMUEXT_PIN_L1_TABLE ok
 * Proves: mmuext_op.MMUEXT_UNPIN_TABLE ok
 * Proves: mmu_update.MMU_NORMAL_PT_UPDATE ok refused
 * Proves: XSA-58
 * Proves: XSA-111
 * Proves: XSA-240
 * Proves: XSA-290
 */
#include "guest.h"

#define TREES 8
#define L1S   24 /* a tree */

static u64 *l1s[L1S], *l2, *l3, *l4;

static void seal(u64 *page)
{
	set_readonly(page);
}

static void open_(u64 *page)
{
	set_writable(page);
}

static void build(void)
{
	for (unsigned int i = 0; i < L1S; i++) {
		l1s[i] = page_alloc();
	}
	l2 = page_alloc();
	l3 = page_alloc();
	l4 = page_alloc();
}

static u64 data;

static void fill(u64 last)
{
	for (unsigned int i = 0; i < L1S; i++)
		for (unsigned int j = 0; j < 512; j++)
			l1s[i][j] = pte_of(data, PTE_P | PTE_RW | PTE_US);
	l1s[L1S - 1][511] = last;
	for (unsigned int j = 0; j < 512; j++)
		l2[j] = pte_of(virt_to_mfn(l1s[j < 512 - L1S ? j % (L1S - 1) : j - (512 - L1S)]),
			       PTE_P | PTE_RW | PTE_US);
	for (unsigned int j = 0; j < 512; j++)
		l3[j] = pte_of(virt_to_mfn(l2), PTE_P | PTE_RW | PTE_US);
	for (unsigned int j = 0; j < 512; j++)
		l4[j] = j >= 256 && j < 272 ? 0 : pte_of(virt_to_mfn(l3), PTE_P | PTE_RW | PTE_US);
}

static void all(void (*fn)(u64 *page))
{
	for (unsigned int i = 0; i < L1S; i++)
		fn(l1s[i]);
	fn(l2);
	fn(l3);
	fn(l4);
}

static void pins(void)
{
	all(seal);
	check_is(mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(l4)), 0, "a full tree");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(l4)), 0, "let go");
	check_is(mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(l1s[3])), 0, "one full table");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(l1s[3])), 0, "let go");
	all(open_);
	fill(pte_of(0xffffffff, PTE_P | PTE_RW | PTE_US));
	all(seal);
	check(mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(l4)) < 0, "a tree whose last entry is bad");
	check(mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(l4)) < 0, "is no better the next time");
	check(mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(l4)) < 0, "it is not pinned");
	/* Nothing of it may have stuck: every page can be anything again. */
	all(open_);
	check(try_write(l1s[L1S - 1], 0) && try_write(l2, 0) && try_write(l4, 0),
	      "and all of it can be written");
}

/* Entries of a live table that hold trees, all replaced in one batch. */
static void batch(void)
{
	static mmu_update_t updates[TREES];
	u64 *l3s[TREES], root = start_info->pt_base;
	u32 done = 0;
	long rc;

	fill(0);
	for (unsigned int t = 0; t < TREES; t++) {
		l3s[t] = page_alloc();
		for (unsigned int j = 0; j < 512; j++)
			l3s[t][j] = pte_of(virt_to_mfn(l2), PTE_P | PTE_RW | PTE_US);
	}
	all(seal);
	for (unsigned int t = 0; t < TREES; t++) {
		seal(l3s[t]);
		updates[t].ptr = (virt_to_mfn((void *)root) << 12) + (t + 8) * 8;
		updates[t].val = pte_of(virt_to_mfn(l3s[t]), PTE_P | PTE_RW | PTE_US);
	}
	rc = hypercall4(__HYPERVISOR_mmu_update, updates, TREES, &done, DOMID_SELF);
	check(!rc && done == TREES, "trees put in: %ld, %u", rc, done);
	for (unsigned int t = 0; t < TREES; t++)
		updates[t].val = 0;
	rc = hypercall4(__HYPERVISOR_mmu_update, updates, TREES, &done, DOMID_SELF);
	check(!rc && done == TREES, "and out: %ld, %u", rc, done);
	for (unsigned int t = 0; t < TREES; t++)
		open_(l3s[t]);
	all(open_);
	check(try_write(l2, 0) && try_write(l3s[TREES - 1], 0), "nothing stuck");
}

static void counts(void)
{
	static const u64 absurd[] = { 1UL << 31, (1UL << 31) - 1, (1UL << 32) - 1, 1UL << 63 };
	struct mmuext_op *ops = page_alloc();
	mmu_update_t *updates = page_alloc();
	u32 done;
	long rc;

	/* A page of harmless ones, and what is behind it is not there. */
	update_va(page_alloc(), 0, UVMF_INVLPG);
	for (unsigned int i = 0; i < 4096 / sizeof(*ops); i++)
		ops[i].cmd = MMUEXT_TLB_FLUSH_ALL;
	for (unsigned int i = 0; i < 4096 / sizeof(*updates); i++)
		updates[i].ptr = pte_maddr(PTR(l2), 1), updates[i].val = *pte_at(PTR(l2), 1);
	for (unsigned int i = 0; i < 4; i++) {
		done = 0;
		rc = hypercall4(__HYPERVISOR_mmuext_op, ops, absurd[i], &done, DOMID_SELF);
		check(rc <= 0, "%lx of mmuext_op: %ld, %u done", absurd[i], rc, done);
		done = 0;
		rc = hypercall4(__HYPERVISOR_mmu_update, updates, absurd[i], &done, DOMID_SELF);
		check(rc <= 0, "%lx of mmu_update: %ld, %u done", absurd[i], rc, done);
	}
}

void proof(void)
{
	u64 *page = page_alloc();

	data = virt_to_mfn(page);
	build();
	fill(0);
	ticks_start(30000);
	pins();
	batch();
	counts();
	check(ticks > 20, "%u ticks", ticks);
	ticks_stop();
}
