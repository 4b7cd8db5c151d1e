/* SPDX-License-Identifier: MIT */
/*
 * Claim: a grant's host and device mapping are counted each by itself, and go each by itself
 * (XSA-218, XSA-224, XSA-230, XSA-234, XSA-235).
 * Attack: undo the one by the other's name, in the wrong order, the wrong part, read-only as writable;
 * undo through an entry that points elsewhere now.
 * Defence: the handle knows its parts; the marks of the entry go with the last use of each kind.
 * Proves: grant_table_op.GNTTABOP_map_grant_ref ok refused, grant_table_op.GNTTABOP_unmap_grant_ref ok refused
 * Proves: XSA-230, XSA-234, XSA-224, XSA-218
 */
#include "guest.h"

static u64 *one, *two, *page, frame;

static s16 map(u32 flags, const void *at, u32 *handle)
{
	gnttab_map_grant_ref_t op = { .host_addr = PTR(at), .flags = flags, .ref = 9 };

	if (grant_op(GNTTABOP_map_grant_ref, &op, 1))
		return 99;
	*handle = op.handle;
	return op.status;
}

static s16 unmap(u32 handle, const void *at, u64 device)
{
	gnttab_unmap_grant_ref_t op = { .host_addr = PTR(at),
					.dev_bus_addr = device,
					.handle = handle };

	return grant_op(GNTTABOP_unmap_grant_ref, &op, 1) ? 99 : op.status;
}

static bool in_use(void)
{
	return grant_flags(9) & (GTF_reading | GTF_writing);
}

/* Whether the page can be a table: no writable use is left. */
static bool unused(void)
{
	bool free;

	memset(page, 0, 4096);
	free = set_readonly(page) == 0 && mmuext(MMUEXT_PIN_L1_TABLE, frame) == 0 &&
	       mmuext(MMUEXT_UNPIN_TABLE, frame) == 0;
	return set_writable(page) == 0 && free;
}

static void both_parts(void)
{
	u32 h = 0;

	check_is(map(GNTMAP_host_map | GNTMAP_device_map, one, &h), 0, "both kinds");
	check_is(unmap(h, one, 0), 0, "undo the host's");
	check(in_use(), "the device's is still there");
	check(unmap(h, one, 0) < 0 || !on_lamina(), "the host's is not");
	set_readonly(page);
	check(mmuext(MMUEXT_PIN_L1_TABLE, frame) < 0, "and the page no table meanwhile");
	set_writable(page);
	check_is(unmap(h, NULL, frame << 12), 0, "undo the device's");
	check(!in_use() && unused(), "nothing is left");
	check(unmap(h, NULL, frame << 12) < 0, "but once");

	check_is(map(GNTMAP_host_map | GNTMAP_device_map, one, &h), 0, "both again");
	check_is(unmap(h, NULL, frame << 12), 0, "the device's first");
	check(try_write(one, 1) && in_use(), "the host's works on");
	check_is(unmap(h, one, 0), 0, "undo it");
	check(!try_read(one, NULL) && !in_use() && unused(), "nothing is left");

	check_is(map(GNTMAP_host_map, one, &h), 0, "the host's alone");
	if (on_lamina()) /* Xen ignores the device address of a handle that has none */
		check(unmap(h, one, frame << 12) < 0, "is not undone as both");
	check(try_read(one, NULL) || !on_lamina(), "nor by halves");
	unmap(h, one, 0);
	check(!in_use() && unused(), "nothing is left");
}

static void kinds(void)
{
	u32 r = 0, w = 0;

	check(map(GNTMAP_host_map | GNTMAP_readonly, one, &r) == 0 &&
		      map(GNTMAP_host_map, two, &w) == 0,
	      "one mapping to read, one to write");
	check((grant_flags(9) & (GTF_reading | GTF_writing)) == (GTF_reading | GTF_writing),
	      "both are told");
	check_is(unmap(w, two, 0), 0, "undo the writable one");
	check((grant_flags(9) & (GTF_reading | GTF_writing)) == GTF_reading, "one reader is left");
	check(unmap(w, one, 0) < 0, "the handle that is gone undoes nothing");
	check_is(unmap(r, one, 0), 0, "undo the other");
	check(!in_use() && unused(), "nothing is left");
	/* The order the other way round. */
	check(map(GNTMAP_host_map, two, &w) == 0 &&
		      map(GNTMAP_host_map | GNTMAP_readonly, one, &r) == 0,
	      "both again");
	check_is(unmap(r, one, 0), 0, "undo the one to read");
	check(grant_flags(9) & GTF_writing && try_write(two, 5), "the writable one works on");
	check_is(unmap(w, two, 0), 0, "undo it");
	check(!in_use() && unused(), "nothing is left");
}

static void elsewhere(void)
{
	u64 *own = page_alloc(), rw = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;
	u32 h = 0;

	check_is(map(GNTMAP_host_map, one, &h), 0, "a mapping");
	update_va(one, pte_of(virt_to_mfn(own), rw), UVMF_INVLPG);
	check(unmap(h, one, 0) < 0, "another page is there now: not undone");
	*own = 0x0e;
	check(try_read(one, NULL) && *one == 0x0e, "which stays");
	update_va(one, pte_of(frame, rw), UVMF_INVLPG);
	check_is(unmap(h, one, 0), 0, "by an entry that fits again it is");
	update_va(one, 0, UVMF_INVLPG);
	check(!in_use() && unused(), "nothing is left");
	check_is(map(GNTMAP_host_map | GNTMAP_contains_pte, (void *)pte_maddr(PTR(one), 1), &h), 0,
		 "by the entry's address");
	check(unmap(h, (void *)(pte_maddr(PTR(one), 1) + 8), 0) < 0 &&
		      unmap(h, (void *)(pte_maddr(PTR(one), 1) + 4), 0) < 0 &&
		      unmap(h, (void *)(frame << 12), 0) < 0,
	      "not by the next, by its middle, by a page that is no table");
	check_is(unmap(h, (void *)pte_maddr(PTR(one), 1), 0), 0, "by itself");
	check(!in_use() && unused(), "nothing is left");
}

void proof(void)
{
	check(grant_setup(), "a grant table");
	one = page_alloc();
	two = page_alloc();
	page = page_alloc();
	frame = virt_to_mfn(page);
	update_va(one, 0, UVMF_INVLPG);
	update_va(two, 0, UVMF_INVLPG);
	grant_give(9, frame, GTF_permit_access);
	both_parts();
	kinds();
	elsewhere();
}
