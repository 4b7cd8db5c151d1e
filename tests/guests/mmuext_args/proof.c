/* SPDX-License-Identifier: MIT */
/*
 * Claim: extended MMU operations take the guest's own frames only, and roots that are roots.
 * Attack: others' frames, tables as data, data as roots, counts and domains that do not exist.
 * Proves: mmuext_op.MMUEXT_NEW_BASEPTR ok refused, mmuext_op.MMUEXT_NEW_USER_BASEPTR refused
 * Proves: mmuext_op.MMUEXT_CLEAR_PAGE ok refused, mmuext_op.MMUEXT_COPY_PAGE ok refused
 * Proves: update_va_mapping.UVMF_NONE refused, update_va_mapping.UVMF_INVLPG refused
 * Proves: update_va_mapping.UVMF_TLB_FLUSH refused, update_va_mapping_otherdomain ok refused
 * Proves: mmuext_op.MMUEXT_TLB_FLUSH_LOCAL refused, mmuext_op.MMUEXT_TLB_FLUSH_MULTI refused
 * Proves: mmuext_op.MMUEXT_TLB_FLUSH_ALL refused, mmuext_op.MMUEXT_INVLPG_LOCAL refused
 * Proves: mmuext_op.MMUEXT_INVLPG_MULTI refused, mmuext_op.MMUEXT_INVLPG_ALL refused
 * Proves: mmuext_op.MMUEXT_FLUSH_CACHE ok, mmuext_op.MMUEXT_FLUSH_CACHE_GLOBAL ok
 */
#include "guest.h"

static long two(unsigned int cmd, u64 a, u64 b, domid_t dom)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.mfn = a;
	op.arg2.src_mfn = b;
	return hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, dom);
}

void proof(void)
{
	u64 *a = page_alloc(), *b = page_alloc(), *none = page_alloc();
	u64 root = virt_to_mfn((void *)start_info->pt_base), ma = virt_to_mfn(a), mb = virt_to_mfn(b);
	static const u8 flushes[] = { MMUEXT_TLB_FLUSH_LOCAL, MMUEXT_TLB_FLUSH_MULTI,
				      MMUEXT_TLB_FLUSH_ALL,   MMUEXT_INVLPG_LOCAL,
				      MMUEXT_INVLPG_MULTI,    MMUEXT_INVLPG_ALL };
	struct mmuext_op ops[3];
	u32 done = 77;

	*b = 0xc09;
	check(two(MMUEXT_COPY_PAGE, ma, mb, DOMID_SELF) == 0 && *a == 0xc09, "copy a page");
	check(two(MMUEXT_CLEAR_PAGE, ma, 0, DOMID_SELF) == 0 && *a == 0, "clear a page");
	check(two(MMUEXT_CLEAR_PAGE, root, 0, DOMID_SELF) < 0, "clear the live root");
	check(two(MMUEXT_COPY_PAGE, root, mb, DOMID_SELF) < 0, "copy over it");
	check(two(MMUEXT_CLEAR_PAGE, 0x300, 0, DOMID_SELF) < 0, "clear another's frame");
	check(two(MMUEXT_COPY_PAGE, ma, 0x300, DOMID_SELF) < 0, "copy another's frame");
	check(two(MMUEXT_COPY_PAGE, ma, ~0ULL, DOMID_SELF) < 0, "copy a frame that is none");
	check(two(MMUEXT_NEW_BASEPTR, ma, 0, DOMID_SELF) < 0, "a root that is data");
	check(two(MMUEXT_NEW_BASEPTR, 0x300, 0, DOMID_SELF) < 0, "a root that is another's");
	check(two(MMUEXT_NEW_BASEPTR, ~0ULL, 0, DOMID_SELF) < 0, "a root that is nowhere");
	check(two(MMUEXT_NEW_BASEPTR, PTE_MFN(*pte_at(PTR(a), 2)), 0, DOMID_SELF) < 0,
	      "a root that is an L1");
	check(two(MMUEXT_NEW_USER_BASEPTR, ma, 0, DOMID_SELF) < 0, "a user's root that is data");
	check_is(two(MMUEXT_NEW_USER_BASEPTR, 0, 0, DOMID_SELF), 0, "no user's root");
	check_is(two(MMUEXT_NEW_BASEPTR, root, 0, DOMID_SELF), 0, "the root that is");
	check(two(MMUEXT_PIN_L1_TABLE, ma, 0, 9999) < 0, "for a domain that does not exist");
	for (unsigned int i = 0; i < sizeof(flushes); i++)
		check(two(flushes[i], PTR(a), PTR(b), 9999) < 0, "flush %u for it", flushes[i]);
	check(two(MMUEXT_TLB_FLUSH_MULTI, 0, 0xffff830000000000, DOMID_SELF) < 0 &&
		      two(MMUEXT_INVLPG_MULTI, PTR(a), 0xdead0000, DOMID_SELF) < 0,
	      "vCPUs by a list that is nowhere");
	check(mmuext(MMUEXT_FLUSH_CACHE, 0) == 0 && mmuext(MMUEXT_FLUSH_CACHE_GLOBAL, 0) == 0,
	      "flush the caches, as dom0");
	check(hypercall4(__HYPERVISOR_mmuext_op, 0xdead0000, 1, 0, DOMID_SELF) == -GUEST_EFAULT,
	      "operations nowhere");
	for (int i = 0; i < 3; i++)
		ops[i] = (struct mmuext_op){ .cmd = i == 1 ? 99 : MMUEXT_TLB_FLUSH_LOCAL };
	check(hypercall4(__HYPERVISOR_mmuext_op, ops, 3, &done, DOMID_SELF) < 0 && done == 1,
	      "a bad second of three");
	update_va(none, 0, UVMF_INVLPG);
	check(update_va((void *)HYPERVISOR_VIRT_START, 0, 0) < 0,
	      "update of the hypervisor's mapping");
	check(update_va((void *)0x5000, 0, UVMF_NONE) < 0, "of an address without a table");
	check(update_va(none, pte_of(0x300, PTE_P | PTE_US), UVMF_INVLPG) < 0,
	      "to another's frame");
	check(update_va(none, pte_of(0x300, PTE_P | PTE_US), UVMF_TLB_FLUSH | UVMF_ALL) < 0,
	      "nor with a flush of all");
	check(hypercall4(__HYPERVISOR_update_va_mapping_otherdomain, PTR(none),
			 pte_of(ma, PTE_P | PTE_US), UVMF_INVLPG, DOMID_SELF) == 0 &&
		      try_read(none, NULL),
	      "by the call for other domains, for oneself");
	check(update_va((void *)0x800000000000, 0, 0) < 0, "of one that is not canonical");
	check(hypercall4(__HYPERVISOR_update_va_mapping_otherdomain, PTR(none), 0, 0, 9999) < 0,
	      "for a domain that does not exist");
}
