/* SPDX-License-Identifier: MIT */
/*
 * Claim: a grant copy moves the bytes it was asked for, between pages that may be read and written.
 * Attack: offsets and lengths that leave the page, read-only destinations, bad references and frames.
 * Defence: checked first; nothing is held behind.
 * Proves: grant_table_op.GNTTABOP_copy ok refused, XSA-234
 */
#include "guest.h"

static u8 *from, *to;

static s16 copy(struct gnttab_copy op)
{
	return grant_op(GNTTABOP_copy, &op, 1) ? 99 : op.status;
}

static struct gnttab_copy by_frames(u16 src, u16 dst, u16 len)
{
	struct gnttab_copy op = { .len = len };

	op.source.u.gmfn = virt_to_mfn(from);
	op.source.domid = DOMID_SELF;
	op.source.offset = src;
	op.dest.u.gmfn = virt_to_mfn(to);
	op.dest.domid = DOMID_SELF;
	op.dest.offset = dst;
	return op;
}

void proof(void)
{
	struct gnttab_copy op;
	u8 *table = page_alloc();

	from = page_alloc();
	to = page_alloc();
	for (int i = 0; i < 4096; i++)
		from[i] = (u8)(i * 7);
	check(grant_setup(), "a grant table");
	grant_give(9, virt_to_mfn(from), GTF_permit_access | GTF_readonly);
	grant_give(10, virt_to_mfn(to), GTF_permit_access);
	check_is(copy(by_frames(100, 200, 50)), GNTST_okay, "50 bytes between our own frames");
	check(to[199] == 0 && to[200] == from[100] && to[249] == from[149] && to[250] == 0,
	      "those and no others");
	op = by_frames(0, 0, 4096);
	op.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref;
	op.source.domid = op.dest.domid = 0;
	op.source.u.ref = 9;
	op.dest.u.ref = 10;
	check_is(copy(op), GNTST_okay, "a page by references");
	check(to[0] == from[0] && to[4095] == from[4095], "is there");
	check(!(grant_flags(9) & (GTF_reading | GTF_writing)) &&
		      !(grant_flags(10) & (GTF_reading | GTF_writing)),
	      "and holds neither grant");
	op.dest.u.ref = 9;
	check(copy(op) < 0, "a read-only destination");
	op.dest.u.ref = 12345;
	check(copy(op) < 0, "a bad destination");
	check(!(grant_flags(9) & GTF_reading), "lets go of the source");
	op.dest.u.ref = 10;
	op.source.u.ref = ~0U;
	check(copy(op) < 0, "a bad source");
	op.source.u.ref = 9;
	op.source.domid = 9999;
	check(copy(op) == GNTST_bad_domain, "a source of no domain");
	check(copy(by_frames(4000, 0, 97)) == GNTST_bad_copy_arg, "out of the source page");
	check(copy(by_frames(0, 4000, 97)) == GNTST_bad_copy_arg, "out of the destination page");
	check(copy(by_frames(0xffff, 0, 1)) == GNTST_bad_copy_arg, "from far out");
	check(copy(by_frames(0, 0, 0xffff)) == GNTST_bad_copy_arg, "far too long");
	check_is(copy(by_frames(4095, 4095, 1)), GNTST_okay, "the last byte");
	check_is(copy(by_frames(4095, 0, 0)), GNTST_okay, "nothing");
	op = by_frames(0, 0, 8);
	op.dest.u.gmfn = 0x300;
	check(copy(op) < 0, "into another's frame");
	op.dest.u.gmfn = ~0ULL >> 12;
	check(copy(op) < 0, "into a frame that does not exist");
	set_readonly(table);
	mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(table));
	op.dest.u.gmfn = virt_to_mfn(table);
	check(copy(op) < 0, "into a page table");
	op.dest.u.gmfn = virt_to_mfn((void *)start_info->pt_base);
	check(copy(op) < 0, "into the live root");
	op = by_frames(0, 0, 8);
	op.source.u.gmfn = 0x300;
	check(copy(op) < 0, "from another's frame");
	op = by_frames(0, 0, 8);
	check(hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_copy, 0xdead0000, 1) == -GUEST_EFAULT,
	      "a copy that is nowhere");
	check(hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &op, 0x80000000) < 0,
	      "two thousand million of them");
}
