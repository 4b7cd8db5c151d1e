/* SPDX-License-Identifier: MIT */
/*
 * Claim: a table that is dropped is no table any more when the guest goes on, however long that takes.
 * Attack: drop a big table by a plain store, with a timer due meanwhile so that the undoing is interrupted;
 * then use a frame of it at once, by every call that wants a frame that is no table.
 * Defence: no vCPU returns to its guest with a table half undone.
 * (Xen 4.17 lets go of it in the next call that deals with tables; set_gdt is none, and is refused at first.)
 * Proves: set_gdt ok, update_descriptor ok, mmuext_op.MMUEXT_SET_LDT ok
 */
#include "guest.h"

#define CHILDREN 200
#define REGION	 (5ULL << 39) /* an empty slot of the top-level table */

static u64 *l3, *l2, *l1[CHILDREN], *window;
static u64 rw = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;

static void build(void)
{
	u64 *data = page_alloc(), entry = pte_of(virt_to_mfn(data), PTE_P | PTE_US | PTE_A);
	unsigned int bad = 0;

	l3 = page_alloc();
	l2 = page_alloc();
	window = page_alloc();
	for (unsigned int i = 0; i < CHILDREN; i++) {
		l1[i] = page_alloc();
		/* The first one stays empty: zeroes are good descriptors, too. */
		for (unsigned int j = 0; j < 512 && i; j++)
			l1[i][j] = entry;
		l2[i] = pte_of(virt_to_mfn(l1[i]), rw);
		bad += set_readonly(l1[i]) != 0;
	}
	bad += set_readonly(l2) != 0;
	bad += set_readonly(l3) != 0;
	bad += mmu_update(pte_maddr(REGION, 4), pte_of(virt_to_mfn(l3), rw)) != 0;
	update_va(window, 0, UVMF_INVLPG);
	check_is(bad, 0, "a table of tables");
}

/* Hang the table up, let it be dropped by a store that a timer interrupts; how that ended. */
static bool drop(unsigned int ns)
{
	vcpu_set_singleshot_timer_t timer = { 0 };
	volatile u64 *entry = &l3[0];

	if (mmu_update(virt_to_mfn(l3) << 12, pte_of(virt_to_mfn(l2), rw)))
		return false;
	timer.timeout_abs_ns = now_ns() + ns;
	hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer);
	if (!on_lamina()) /* it carries out stores to level 1 only */
		return !mmu_update(virt_to_mfn(l3) << 12, 0);
	*entry = 0;
	return true;
}

static long use(unsigned int how, u64 mfn, void *last)
{
	gnttab_map_grant_ref_t map = { .host_addr = PTR(window), .flags = GNTMAP_host_map, .ref = 9 };
	gnttab_unmap_grant_ref_t unmap = { .host_addr = PTR(window) };
	struct mmuext_op ldt = { .cmd = MMUEXT_SET_LDT };
	long rc;

	switch (how) {
	case 0:
		rc = hypercall2(__HYPERVISOR_set_gdt, &mfn, 512);
		hypercall2(__HYPERVISOR_set_gdt, &mfn, 0);
		return rc;
	case 1: return hypercall2(__HYPERVISOR_update_descriptor, mfn << 12, 0);
	case 2:
		if (grant_op(GNTTABOP_map_grant_ref, &map, 1) || map.status)
			return map.status;
		unmap.handle = map.handle;
		return grant_op(GNTTABOP_unmap_grant_ref, &unmap, 1) ?: unmap.status;
	case 3:
		ldt.arg1.linear_addr = PTR(last);
		ldt.arg2.nr_ents = 512;
		rc = hypercall4(__HYPERVISOR_mmuext_op, &ldt, 1, 0, DOMID_SELF);
		ldt.arg2.nr_ents = 0;
		hypercall4(__HYPERVISOR_mmuext_op, &ldt, 1, 0, DOMID_SELF);
		return rc;
	case 4: return mmu_update(mfn << 12, 0);
	default:
		rc = update_va(window, pte_of(mfn, rw), UVMF_INVLPG);
		update_va(window, 0, UVMF_INVLPG);
		return rc;
	}
}

void proof(void)
{
	static const char *const how[] = { "set_gdt",
					   "update_descriptor",
					   "a grant's mapping",
					   "a descriptor table of one's own",
					   "mmu_update of a plain page",
					   "update_va_mapping" };
	u64 *last, mfn;

	check(grant_setup(), "a grant table");
	build();
	last = l1[0]; /* undone last */
	mfn = virt_to_mfn(last);
	grant_give(9, mfn, GTF_permit_access);
	for (unsigned int i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		unsigned int bad = 0;

		for (int turn = 0; turn < 8; turn++) {
			/* When the undoing begins depends on the machine. */
			if (!drop(30000U << turn))
				bad += 100;
			bad += use(i, mfn, last) != 0;
		}
		check_is(bad, 0, how[i]);
	}
}
