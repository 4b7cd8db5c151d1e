/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest starts with what the ABI promises, and its first calls work.
 * Method: read start_info, ask the version, read the M2P, take a fault.
 */
#include "guest.h"

void proof(void)
{
	struct xen_feature_info fi = { .submap_idx = 0 };
	u64 value;

	check(start_info->magic[0] == 'x' && start_info->nr_pages > 0, "start_info is there");
	check(hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0) >> 16 == 4, "version 4");
	check_is(hypercall2(__HYPERVISOR_xen_version, XENVER_get_features, &fi), 0, "features");
	check(fi.submap & 1 << XENFEAT_mmu_pt_update_preserve_ad, "mandatory features are offered");
	check(fi.submap & 1 << XENFEAT_gnttab_map_avail_bits, "grant avail bits are offered");
	check(((u64 *)HYPERVISOR_VIRT_START)[virt_to_mfn(&value)] << 12 ==
		      (PTR(&value) - 0xffffffff80000000) >> 12 << 12,
	      "the machine-to-physical table names our frames");
	check(!try_read((void *)0x10, &value) && fault.vector == 14 && fault.cr2 == 0x10,
	      "a bad read is a page fault with its address");
	check(!try_write((void *)0xffff830000000000, 1) && fault.vector == 14,
	      "the hypervisor's memory is out of reach");
	check_is(hypercall1(62, 0), -GUEST_ENOSYS, "a hypercall that does not exist");
}
