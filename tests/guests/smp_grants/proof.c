/* SPDX-License-Identifier: MIT */
/*
 * Claim: each mapping of a grant is undone once, whoever maps and unmaps it at the same time
 * (XSA-218, XSA-224, XSA-228).
 * Attack: two vCPUs map one grant at one address each, and unmap each other's handles by guessing them.
 * Defence: one vCPU of a domain at a time maps or unmaps.
 * SMP: 2
 * Proves: XSA-218, XSA-224, XSA-228, grant_table_op.GNTTABOP_unmap_grant_ref refused
 */
#include "guest.h"

#define VCPUS	2
#define HANDLES 3
#define ROUNDS	120

static u64 *windows[VCPUS], frame;
static volatile unsigned int started, stopped;
static unsigned int mapped[VCPUS], unmapped[VCPUS], odd[VCPUS];

static void work(unsigned int me, unsigned int rounds)
{
	u32 seed = me * 2654435761U + 1;

	for (unsigned int i = 0; i < rounds; i++) {
		gnttab_map_grant_ref_t map = { .host_addr = PTR(windows[me]), .ref = 9 };
		gnttab_unmap_grant_ref_t un = { 0 };

		map.flags = GNTMAP_host_map | (i & 1 ? GNTMAP_device_map : 0) |
			    (i & 2 ? GNTMAP_readonly : 0);
		if (grant_op(GNTTABOP_map_grant_ref, &map, 1))
			odd[me]++;
		else if (map.status == GNTST_okay)
			mapped[me]++;
		/* Anybody's handle, at anybody's address, the one part or the other or both. */
		for (int k = 0; k < 4; k++) {
			seed = seed * 1103515245 + 12345;
			un.handle = seed >> 16 & 1 ? map.handle : (seed >> 17) % HANDLES;
			un.host_addr = seed >> 24 & 3 ? PTR(windows[(seed >> 20) % VCPUS]) : 0;
			un.dev_bus_addr = seed >> 26 & 1 ? frame << 12 : 0;
			if (grant_op(GNTTABOP_unmap_grant_ref, &un, 1))
				odd[me]++;
			else
				unmapped[me] += un.status == GNTST_okay;
		}
	}
}

static void other(void)
{
	unsigned int me = __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);

	work(me, ROUNDS);
	__atomic_add_fetch(&stopped, 1, __ATOMIC_SEQ_CST);
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, me, 0);
	for (;;)
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
}

/*
 * Undo whatever is left.  Of two mappings at one address the second replaced the first's entry, so
 * each handle gets an entry that fits, writable or not.
 */
static void sweep(void)
{
	gnttab_unmap_grant_ref_t un = { 0 };

	for (u32 h = 0; h < 2 * VCPUS * ROUNDS; h++)
		for (unsigned int how = 0; how < 3; how++) {
			un.handle = h;
			un.host_addr = how < 2 ? PTR(windows[0]) : 0;
			un.dev_bus_addr = how < 2 ? 0 : frame << 12;
			if (how < 2)
				update_va(windows[0],
					  pte_of(frame, PTE_P | PTE_US | PTE_A | (how ? PTE_RW : 0)),
					  UVMF_INVLPG);
			grant_op(GNTTABOP_unmap_grant_ref, &un, 1);
		}
}

void proof(void)
{
	u64 *page = page_alloc();
	unsigned int sum = 0, undone = 0, strange = 0;

	frame = virt_to_mfn(page);
	check(grant_setup(), "a grant table");
	grant_give(9, frame, GTF_permit_access);
	for (unsigned int i = 0; i < VCPUS; i++) {
		windows[i] = page_alloc();
		update_va(windows[i], 0, UVMF_INVLPG);
	}
	for (unsigned int v = 1; v < VCPUS; v++) {
		check_is(smp_start_on(v, other), 0, "start a vCPU");
		check(wait_change(&started, v - 1, 20000), "it runs");
	}
	work(0, ROUNDS);
	for (unsigned int v = 0; v < VCPUS - 1; v++)
		wait_change(&stopped, v, 60000);
	check_is(stopped, VCPUS - 1, "all have stopped");
	for (unsigned int v = 0; v < VCPUS; v++) {
		sum += mapped[v];
		undone += unmapped[v];
		strange += odd[v];
	}
	say("# %u mapped, %u undone\n", sum, undone);
	check_is(strange, 0, "calls that failed as a whole");
	check(sum > 0, "grants were mapped");
	sweep();
	for (unsigned int i = 0; i < VCPUS; i++)
		update_va(windows[i], 0, UVMF_INVLPG | UVMF_ALL);
	check(!(grant_flags(9) & (GTF_reading | GTF_writing)), "the grant is not in use");
	check(set_readonly(page) == 0 && mmuext(MMUEXT_PIN_L1_TABLE, frame) == 0,
	      "no writable use of its page is left");
	check(mmuext(MMUEXT_UNPIN_TABLE, frame) == 0 && set_writable(page) == 0,
	      "nor was one lost");
}
