/* SPDX-License-Identifier: MIT */
/*
 * Claim: the grant table is as large as asked, up to its limit, and its other calls refuse cleanly.
 * Attack: absurd sizes, foreign domains, versions and calls that do not exist (XSA-231, XSA-232, XSA-255).
 * Defence: a status each.
 * Proves: grant_table_op.GNTTABOP_setup_table ok refused
 * Proves: grant_table_op.GNTTABOP_query_size ok refused
 * Proves: grant_table_op.GNTTABOP_set_version ok refused
 * Proves: grant_table_op.GNTTABOP_get_version ok refused, XSA-231, XSA-232
 */
#include "guest.h"

static xen_pfn_t frames[8];

static s16 setup(u16 dom, u32 n, void *list)
{
	gnttab_setup_table_t op = { .dom = dom, .nr_frames = n };

	set_xen_guest_handle(op.frame_list, (xen_pfn_t *)list);
	return grant_op(GNTTABOP_setup_table, &op, 1) ? 99 : op.status;
}

static long version(u32 v)
{
	gnttab_set_version_t op = { .version = v };

	return grant_op(GNTTABOP_set_version, &op, 1);
}

void proof(void)
{
	gnttab_query_size_t size = { .dom = DOMID_SELF };
	gnttab_get_version_t get = { .dom = DOMID_SELF };
	gnttab_cache_flush_t flush = { .length = 64, .op = GNTTAB_CACHE_CLEAN };
	gnttab_swap_grant_ref_t swap = { .ref_a = ~0U, .ref_b = 0 };
	static u8 bytes[256];
	void *page = page_alloc();

	check_is(grant_op(GNTTABOP_query_size, &size, 1), 0, "its size");
	check(size.status == 0 && size.max_nr_frames >= 4, "%u frames of %u", size.nr_frames,
	      size.max_nr_frames);
	check_is(setup(DOMID_SELF, 4, frames), GNTST_okay, "four frames");
	check(frames[0] && frames[3] && frames[0] != frames[3], "are told");
	check_is(update_va(page, pte_of(frames[3], PTE_P | PTE_RW | PTE_US), UVMF_INVLPG), 0,
		 "can be mapped");
	check(try_write(page, 0), "and written");
	check(setup(DOMID_SELF, size.max_nr_frames + 1, frames) < 0, "more than may be");
	check(setup(DOMID_SELF, ~0U, frames) < 0, "far more");
	check(setup(9999, 1, frames) == GNTST_bad_domain, "of no domain");
	check(setup(DOMID_SELF, 4, (void *)0xffff830000000000) != GNTST_okay,
	      "told to the hypervisor's memory");
	check(mmuext(MMUEXT_PIN_L1_TABLE, frames[0]) < 0, "a frame of it is no page table");
	check(version(3) < 0 && version(0) < 0, "versions that do not exist");
	if (version(2) == 0)
		check_is(version(1), 0, "version 2 is there; back to 1");
	else
		check(true, "version 2 is refused");
	check(grant_op(GNTTABOP_get_version, &get, 1) == 0 && get.version == 1, "version 1 it is");
	size.dom = 9999;
	check(grant_op(GNTTABOP_query_size, &size, 1) < 0 || size.status == GNTST_bad_domain,
	      "the size of no domain's");
	get.dom = 9999;
	check(grant_op(GNTTABOP_get_version, &get, 1) < 0, "the version of no domain's");
	check_is(version(1), 0, "version 1 can be set");
	flush.a.dev_bus_addr = 0x300000;
	flush.length = 0xffff;
	check(grant_op(GNTTABOP_cache_flush, &flush, 1) < 0, "a cache flush across pages");
	check(grant_op(GNTTABOP_swap_grant_ref, &swap, 1) < 0 || swap.status < 0, "a bad swap");
	for (unsigned int cmd = 13; cmd < 32; cmd++)
		if (grant_op(cmd, bytes, 1) != -GUEST_ENOSYS)
			check(false, "call %u does not exist", cmd);
	check(grant_op(GNTTABOP_map_grant_ref, (void *)0xdead0000, 1) == -GUEST_EFAULT,
	      "arguments nowhere");
	check(grant_op(GNTTABOP_unmap_grant_ref, (void *)HYPERVISOR_VIRT_START, 1) == -GUEST_EFAULT,
	      "arguments in the hypervisor");
	check(grant_op(GNTTABOP_transfer, bytes, 1) < 0 || *(s16 *)(bytes + 20) < 0 || !on_lamina(),
	      "a transfer of nothing");
}
