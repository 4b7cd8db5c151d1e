/* SPDX-License-Identifier: MIT */
/*
 * Claim: a grant mapping gives what was granted, is undone once, and leaves nothing behind (XSA-218 to 235).
 * Attack: write through a read-only grant; bad references; unmap twice, elsewhere, or after the entry
 * was overwritten; end a grant that is in use.
 * Defence: counted per handle; an entry that is not what was mapped is not touched.
 * Proves: grant_table_op.GNTTABOP_map_grant_ref ok refused
 * Proves: grant_table_op.GNTTABOP_unmap_grant_ref ok refused, XSA-227
 */
#include "guest.h"

static u64 *window, *page;

static s16 map(u32 ref, u32 flags, u64 address, u32 *handle, u16 dom)
{
	gnttab_map_grant_ref_t op = { .host_addr = address, .flags = flags, .ref = ref, .dom = dom };

	if (grant_op(GNTTABOP_map_grant_ref, &op, 1))
		return 99;
	*handle = op.handle;
	return op.status;
}

static s16 unmap(u32 handle, u64 address)
{
	gnttab_unmap_grant_ref_t op = { .host_addr = address, .handle = handle };

	return grant_op(GNTTABOP_unmap_grant_ref, &op, 1) ? 99 : op.status;
}

void proof(void)
{
	u32 h = 0, h2 = 0;
	u64 mfn, value = 0;
	unsigned int ok = 0;

	check(grant_setup(), "a grant table");
	window = page_alloc();
	page = page_alloc();
	mfn = virt_to_mfn(page);
	*page = 0x9247;
	update_va(window, 0, UVMF_INVLPG);
	grant_give(9, mfn, GTF_permit_access);
	grant_give(10, mfn, GTF_permit_access | GTF_readonly);
	grant_give(11, 0x300, GTF_permit_access);
	check_is(map(9, GNTMAP_host_map, PTR(window), &h, 0), GNTST_okay, "map");
	check(try_read(window, &value) && value == 0x9247, "it shows the page");
	check(try_write(window, 0x8888) && *page == 0x8888, "and takes writes");
	check((grant_flags(9) & (GTF_reading | GTF_writing)) == (GTF_reading | GTF_writing),
	      "the entry says that it is in use");
	check(unmap(h + 7, PTR(window)) < 0 && unmap(~0U, PTR(window)) < 0, "wrong handles");
	check(unmap(h, PTR(page) + 4096) < 0, "another address");
	check_is(unmap(h, PTR(window)), GNTST_okay, "unmap");
	check(!try_read(window, NULL), "it is gone");
	check(!(grant_flags(9) & (GTF_reading | GTF_writing)), "and not in use");
	check(unmap(h, PTR(window)) < 0, "but once");

	check(map(10, GNTMAP_host_map, PTR(window), &h, 0) < 0, "a read-only grant, to write");
	check_is(map(10, GNTMAP_host_map | GNTMAP_readonly, PTR(window), &h, 0), GNTST_okay,
		 "a read-only grant, to read");
	check(try_read(window, &value) && !try_write(window, 1) && fault.vector == 14,
	      "is read-only");
	check_is(unmap(h, PTR(window)), GNTST_okay, "unmap");

	check(map(8, GNTMAP_host_map, PTR(window), &h, 0) == GNTST_bad_gntref ||
		      map(8, GNTMAP_host_map, PTR(window), &h, 0) == GNTST_general_error,
	      "an empty entry");
	check(map(~0U, GNTMAP_host_map, PTR(window), &h, 0) < 0, "a reference beyond all");
	check(map(511, GNTMAP_host_map, PTR(window), &h, 0) < 0, "the last of the frame");
	check(map(11, GNTMAP_host_map, PTR(window), &h, 0) < 0, "a grant of another's frame");
	check(map(9, 0, PTR(window), &h, 0) < 0, "no kind of mapping");
	check(map(9, GNTMAP_host_map, PTR(window), &h, 9999) == GNTST_bad_domain, "no domain");
	check(map(9, GNTMAP_host_map, 0xffff830000000000, &h, 0) < 0, "into the hypervisor");
	check(map(9, GNTMAP_host_map, 0x800000000000, &h, 0) < 0, "not canonical");
	check(map(9, GNTMAP_host_map, 0x5000, &h, 0) < 0, "where there is no table");
	check(!(grant_flags(9) & (GTF_reading | GTF_writing)), "all that holds nothing");

	check_is(map(9, GNTMAP_host_map | GNTMAP_contains_pte, pte_maddr(PTR(window), 1), &h, 0),
		 GNTST_okay, "map by the entry's machine address");
	check(try_read(window, &value) && value == 0x8888, "it shows the page");
	check(map(9, GNTMAP_host_map | GNTMAP_contains_pte, pte_maddr(PTR(window), 1) + 4, &h2, 0) < 0,
	      "an entry's middle");
	check(map(9, GNTMAP_host_map | GNTMAP_contains_pte, virt_to_mfn(page) << 12, &h2, 0) < 0,
	      "an entry in a page that is no table");
	check_is(unmap(h, pte_maddr(PTR(window), 1)), GNTST_okay, "unmap");

	check_is(map(9, GNTMAP_host_map, PTR(window), &h, 0), GNTST_okay, "map again");
	update_va(window, 0, UVMF_INVLPG);
	check(unmap(h, PTR(window)) < 0, "unmap what was overwritten");
	for (int i = 0; i < 200; i++) {
		if (map(9, GNTMAP_host_map, PTR(window), &h, 0) == GNTST_okay)
			ok += unmap(h, PTR(window)) == GNTST_okay;
	}
	check_is(ok, 200, "mapped and unmapped again");
}
