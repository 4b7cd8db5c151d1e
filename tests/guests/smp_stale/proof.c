/* SPDX-License-Identifier: MIT */
/*
 * Claim: nobody writes to a frame by what a processor still has cached of a mapping that is gone: not once
 *	it is a table, nor once it is another page (XSA-401).  Uses are counted rightly while a tree of tables
 *	is half made and half mapped writable (XSA-242, XSA-299).
 * Attack: one vCPU unmaps a page without a flush and has it made a table, or gives it away and takes a new
 *	one, while the other writes to it for ever; then one makes and unmakes a tree with many interruptions
 *	while the other maps its tables writable, writes there, unmaps without a flush and writes on.
 * Defence: a frame's stamp and the flush before it changes kind or owner (frame/type.c, smp/tlb.c).
 * SMP: 2
 * MEMORY: 96
 * LIMIT: 90
 * Proves: XSA-242, XSA-299, XSA-401
 */
#include "guest.h"

#define SLOT   7
#define TABLES 16
#define RW     (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

enum { WAIT, WRITE, FLIP };

static volatile unsigned int phase, seen;
static volatile u64 *page, *alias;
static volatile unsigned int written, faulted, flipped;
static u64 *tables[TABLES], *root, good_entry, bad_entry;

/* Entries that are not present, each another. */
static void write_for_ever(void)
{
	for (u64 n = 0; phase == WRITE; n++) {
		if (try_write((void *)&alias[SLOT], (n & 0x3ff) << 1)) {
			written++;
			seen = WRITE;
		} else {
			faulted++;
		}
	}
}

static void flip(void)
{
	u64 *table = tables[fuzz_random() >> 20 & (TABLES - 1)];
	u64 at = pte_maddr(PTR(alias), 1);

	if (mmu_update(at, pte_of(virt_to_mfn(table), RW)))
		return;
	mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
	alias[SLOT] = bad_entry;
	alias[SLOT] = good_entry;
	flipped++;
	mmu_update(at, 0);
	for (int i = 0; i < 300; i++)
		if (!try_write((void *)&alias[SLOT], bad_entry) ||
		    !try_write((void *)&alias[SLOT], good_entry))
			break;
	/* What a fault has left. */
	if (!mmu_update(at, pte_of(virt_to_mfn(table), RW))) {
		mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
		alias[SLOT] = good_entry;
		mmu_update(at, 0);
	}
}

static void second(void)
{
	for (;;) {
		if (phase == WRITE)
			write_for_ever();
		else if (phase == FLIP)
			flip();
		seen = phase;
	}
}

static bool enter(unsigned int next)
{
	u64 end = now_ns() + 20000000000;

	phase = next;
	while (seen != next && now_ns() < end)
		;
	return seen == next;
}

/* How often the word changes while nobody may write there. */
static unsigned int changes(const volatile u64 *word)
{
	u64 value = *word;
	unsigned int n = 0;

	for (int i = 0; i < 2000; i++)
		n += *word != value;
	return n;
}

/* Map the page where the other writes, and wait for it. */
static bool expose(void)
{
	mmu_update(pte_maddr(PTR(alias), 1), pte_of(virt_to_mfn((void *)page), RW));
	return enter(WRITE);
}

static void unmap(void)
{
	mmu_update(pte_maddr(PTR(alias), 1), 0);
}

static void becomes_table(void)
{
	unsigned int stale = 0, bad = 0, made = 0;
	u64 mfn = virt_to_mfn((void *)page);

	set_readonly((void *)page);
	for (int turn = 0; turn < 200; turn++) {
		if (!expose())
			break;
		unmap();
		stale += changes(&page[SLOT]) > 0;
		if (mmuext(MMUEXT_PIN_L1_TABLE, mfn) == 0) {
			made++;
			bad += changes(&page[SLOT]);
			mmuext(MMUEXT_UNPIN_TABLE, mfn);
		}
		if (!enter(WAIT))
			break;
	}
	check(made == 200 && !bad, "%u times a table, changed %u times", made, bad);
	say("# %u times it was written to without a mapping; %u writes, %u faults\n", stale,
	    written, faulted);
	set_writable((void *)page);
}

static bool exchange(void)
{
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };
	xen_pfn_t frame = PTE_MFN(*pte_at(PTR(page), 1));

	update_va((void *)page, 0, UVMF_NONE);
	set_xen_guest_handle(r.extent_start, &frame);
	if (hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r) != 1)
		return false;
	set_xen_guest_handle(r.extent_start, &frame);
	if (hypercall2(__HYPERVISOR_memory_op, XENMEM_increase_reservation, &r) != 1)
		return false;
	return update_va((void *)page, pte_of(frame, RW), UVMF_INVLPG) == 0;
}

/* Take all that is free, so that what is given back is what comes next. */
static u64 take_all(void)
{
	u64 n = 0;

	domctl_op.u.max_mem.max_memkb = 1 << 20;
	check_is(domctl(XEN_DOMCTL_max_mem, 0), 0, "a limit that is none");
	for (int order = 9; order >= 0; order--) {
		xen_pfn_t frame = 0;
		struct xen_memory_reservation r = { .nr_extents = 1,
						    .extent_order = (unsigned int)order,
						    .domid = DOMID_SELF };

		set_xen_guest_handle(r.extent_start, &frame);
		while (hypercall2(__HYPERVISOR_memory_op, XENMEM_increase_reservation, &r) == 1)
			n += 1UL << order;
	}
	return n;
}

static void becomes_another(void)
{
	unsigned int same = 0, bad = 0, turns = 0;

	say("# took %lu frames\n", take_all());
	for (; turns < 200; turns++) {
		u64 before = PTE_MFN(*pte_at(PTR(page), 1));

		mmu_update(pte_maddr(PTR(alias), 1), pte_of(before, RW));
		if (!enter(WRITE))
			break;
		unmap();
		if (!exchange())
			break;
		same += PTE_MFN(*pte_at(PTR(page), 1)) == before;
		bad += changes(&page[SLOT]);
		if (!enter(WAIT))
			break;
	}
	check(turns == 200 && same && !bad, "%u exchanges, %u for the same frame: changed %u times",
	      turns, same, bad);
}

static void trees(void)
{
	unsigned int made = 0, bad = 0;
	u64 mfn = virt_to_mfn(root), end = now_ns() + 4000000000;

	for (unsigned int i = 0; i < TABLES; i++) {
		for (unsigned int j = 0; j < 512; j++)
			tables[i][j] = good_entry;
		root[i * 8] = pte_of(virt_to_mfn(tables[i]), RW);
		set_readonly(tables[i]);
	}
	set_readonly(root);
	check(update_va((void *)alias, bad_entry, 0) < 0, "a live table is not writable");
	update_va((void *)alias, 0, UVMF_INVLPG);
	ticks_start(30000);
	check(enter(FLIP), "the other begins");
	while (now_ns() < end && made < 2000) {
		if (mmuext(MMUEXT_PIN_L2_TABLE, mfn))
			continue;
		made++;
		for (unsigned int n = 0; n < 4; n++)
			for (unsigned int i = 0; i < TABLES; i++)
				bad += PTE_MFN(((volatile u64 *)tables[i])[SLOT]) !=
				       PTE_MFN(good_entry);
		bad += mmuext(MMUEXT_UNPIN_TABLE, mfn) != 0;
	}
	ticks_stop();
	check(!bad, "%u trees, %u tables mapped writable: wrong %u times", made, flipped, bad);
	check(enter(WAIT), "the other has stopped");
	unmap();
	bad = set_writable(root) != 0;
	for (unsigned int i = 0; i < TABLES; i++)
		bad += set_writable(tables[i]) != 0;
	check_is(bad, 0, "all of them are pages again");
}

void proof(void)
{
	page = page_alloc();
	alias = page_alloc();
	root = page_alloc();
	good_entry = pte_of(virt_to_mfn(page_alloc()), PTE_P | PTE_US | PTE_A);
	bad_entry = pte_of(virt_to_mfn((void *)start_info->pt_base), RW);
	for (unsigned int i = 0; i < TABLES; i++)
		tables[i] = page_alloc();
	update_va((void *)alias, 0, UVMF_INVLPG);
	check_is(smp_start(second), 0, "start the other vCPU");
	becomes_table();
	becomes_another();
	trees();
}
