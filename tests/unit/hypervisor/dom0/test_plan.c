/* SPDX-License-Identifier: MIT */
/* sources: dom0/plan.c */
/*
 * dom0's first address space: no two parts overlap, everything that must be
 * mapped is, and too little memory is noticed.
 */
#include "dom0/plan.h"

#include "suite.h"

static struct plan linux_plan(u64 nr_pages, u64 initrd_pages)
{
	return (struct plan){
		.virt_base = 0xffffffff80000000,
		.kernel_end = 0x2c00,
		.nr_pages = nr_pages,
		.initrd_pages = initrd_pages,
		.initrd_unmapped = true,
		.p2m_unmapped = true,
		.p2m_base = 0x8000000000,
	};
}

START_TEST(parts_follow_each_other)
{
	struct plan p = linux_plan(131072, 1000);

	ck_assert(plan_make(&p));
	ck_assert_uint_ge(p.start_info, p.kernel_end);
	ck_assert_uint_ge(p.tables, p.start_info + 1);
	ck_assert_uint_ge(p.stack, p.tables + p.nr_tables);
	ck_assert_uint_ge(p.mapped_end, p.stack + 1 + 128);
	ck_assert_uint_eq(p.mapped_end % 1024, 0);
	ck_assert_uint_ge(p.initrd, p.mapped_end);
	ck_assert_uint_ge(p.p2m, p.initrd + 1000);
	ck_assert_uint_ge(p.p2m_tables, p.p2m + p.nr_p2m);
	ck_assert_uint_eq(p.end, p.p2m_tables + p.nr_p2m_tables);
}
END_TEST

START_TEST(tables_suffice_for_the_mapping)
{
	for (u64 end = 0x1000; end < 0x20000; end += 777) {
		struct plan p = linux_plan(1 << 20, 10);
		u64 l1;

		p.kernel_end = end;
		ck_assert(plan_make(&p));
		l1 = (p.mapped_end + 511) / 512;
		ck_assert_uint_ge(p.nr_tables, 1 + 1 + 1 + l1);
	}
}
END_TEST

START_TEST(p2m_has_a_word_for_each_page)
{
	struct plan p = linux_plan(1 << 20, 0);

	ck_assert(plan_make(&p));
	ck_assert_uint_eq(p.nr_p2m, (1 << 20) * 8 / 4096);
	/* 2048 pages: 4 tables of level 1, one each of levels 2 and 3. */
	ck_assert_uint_eq(p.nr_p2m_tables, 6);
}
END_TEST

START_TEST(mapped_p2m_and_initrd_are_inside)
{
	struct plan p = linux_plan(131072, 1000);

	p.initrd_unmapped = p.p2m_unmapped = false;
	ck_assert(plan_make(&p));
	ck_assert_uint_le(p.initrd + 1000, p.mapped_end);
	ck_assert_uint_le(p.p2m + p.nr_p2m, p.mapped_end);
	ck_assert_uint_eq(p.p2m_va, p.virt_base + p.p2m * PAGE_SIZE);
	ck_assert_uint_eq(p.nr_p2m_tables, 0);
}
END_TEST

START_TEST(too_small_is_refused)
{
	struct plan p = linux_plan(0x2c00 + 100, 1000);

	ck_assert(!plan_make(&p));
	ck_assert_uint_gt(p.end, p.nr_pages);
}
END_TEST

UNIT_MAIN("dom0/plan", parts_follow_each_other, tables_suffice_for_the_mapping,
	  p2m_has_a_word_for_each_page, mapped_p2m_and_initrd_are_inside, too_small_is_refused)
