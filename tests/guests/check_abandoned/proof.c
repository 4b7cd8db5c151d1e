/* SPDX-License-Identifier: MIT */
/*
 * Claim: what a check that nobody finished holds is not lost, nor what is pinned and given away.
 * Attack: a pin stopped half way by the clock, whose answer cannot be written, so that it is not gone
 *   on with; then frames that the table refers to are given away, and the table itself.
 * Defence: the type word says how far the check came, and whoever wants the table next goes on there;
 *   giving it away undoes it.
 * ICOUNT: yes
 * Proves: mmuext_op.MMUEXT_PIN_L1_TABLE ok refused
 * Proves: memory_op.XENMEM_decrease_reservation ok
 */
#include "guest.h"

#define ENTRIES 512

static u64 *table, *page, *data;

static long count(unsigned int what)
{
	struct xen_memory_domain md = { .domid = DOMID_SELF };

	return hypercall2(__HYPERVISOR_memory_op, what, &md);
}

static long change(unsigned int op, xen_pfn_t *m)
{
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, m);
	return hypercall2(__HYPERVISOR_memory_op, op, &r);
}

/* The frame of @at is given away. */
static long give(const void *at, xen_pfn_t m)
{
	update_va(at, 0, UVMF_INVLPG);
	return change(XENMEM_decrease_reservation, &m);
}

/* Another in its place. */
static long take(const void *at)
{
	xen_pfn_t m = 0;
	long got = change(XENMEM_populate_physmap, &m);

	if (got == 1)
		update_va(at, pte_of(m, PTE_P | PTE_RW | PTE_US), UVMF_INVLPG);
	return got;
}

/* Pin the table @m so that its check stops half way and the call ends there. */
static bool abandon(u64 m)
{
	struct mmuext_op op = { .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = m };

	for (u64 ns = 1000; ns < 200000; ns += 500) {
		hypercall1(__HYPERVISOR_set_timer_op, now_ns() + ns);
		if (hypercall4(__HYPERVISOR_mmuext_op, &op, 1, HYPERVISOR_VIRT_START, DOMID_SELF) !=
		    -GUEST_EFAULT)
			return false;
		/* Had it come to its end there would be a pin. */
		if (mmuext(MMUEXT_UNPIN_TABLE, m) < 0)
			return true;
	}
	return false;
}

static void fill(u64 first)
{
	for (unsigned int i = 0; i < ENTRIES; i++)
		table[i] = pte_of(i ? virt_to_mfn(data) : first, PTE_P | PTE_RW | PTE_US);
	set_readonly(table);
}

static void referred_to(void)
{
	u64 m = virt_to_mfn(table), held = virt_to_mfn(page);
	long before = count(XENMEM_current_reservation);

	check_is(before, count(XENMEM_maximum_reservation), "frames: as many as there may be");
	fill(held);
	check(abandon(m), "a pin is left half done");
	check(set_writable(table) < 0, "the table is held");
	check_is(give(page, held), 1, "a page that it refers to is given away");
	check_is(count(XENMEM_current_reservation), before, "and counts as long as that holds it");
	check_is(take(page), 0, "there is none for it");
	check_is(mmuext(MMUEXT_PIN_L1_TABLE, m), 0, "the pin is asked for again");
	check_is(mmuext(MMUEXT_UNPIN_TABLE, m), 0, "and undone");
	check_is(count(XENMEM_current_reservation), before - 1, "the page is gone");
	check_is(take(page), 1, "there is another for it");
	check_is(set_writable(table), 0, "and nothing holds the table");
}

static void itself(void)
{
	u64 m = virt_to_mfn(table);
	long before = count(XENMEM_current_reservation);

	fill(virt_to_mfn(data));
	check(abandon(m), "another pin is left half done");
	check_is(give(table, m), 1, "the table itself is given away");
	check_is(count(XENMEM_current_reservation), before - 1, "it is gone");
	check(mmuext(MMUEXT_PIN_L1_TABLE, m) < 0, "and cannot be had");
	check_is(take(table), 1, "there is another for it");
	check_is(count(XENMEM_current_reservation), before, "frames as ever");
}

static void pinned(void)
{
	u64 m = virt_to_mfn(table);
	long before = count(XENMEM_current_reservation);

	fill(virt_to_mfn(data));
	check_is(mmuext(MMUEXT_PIN_L1_TABLE, m), 0, "a pin");
	check_is(give(table, m), 1, "what is pinned is given away");
	/* On the peer it stays until it is unpinned, which goes by the bare number there. */
	check_is(count(XENMEM_current_reservation), before - on_lamina(),
		 "and its pin is gone with it");
}

void proof(void)
{
	table = page_alloc();
	page = page_alloc();
	data = page_alloc();
	/* The peer checks a table of level 1 in one go. */
	if (on_lamina()) {
		referred_to();
		itself();
	}
	table = page_alloc();
	pinned();
}
