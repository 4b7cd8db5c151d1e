/* SPDX-License-Identifier: MIT */
/*
 * A new guest's layout, page tables, start_info and registers.
 */
#include "unit/suite.h"

#include <string.h>

#include "build/plan.h"
#include "build/ptables.h"
#include "build/startinfo.h"

#define BASE_VA 0xffffffff80000000UL
#define P2M_VA	0x8000000000UL
#define MASK	0x000ffffffffff000UL

static const struct plan_request linux_guest = {
	.virt_base = BASE_VA,
	.paddr_start = 0x1000000,
	.paddr_end = 0x4a00000,
	.entry = BASE_VA + 0x30791c0,
	.init_p2m = P2M_VA,
	.mod_start_pfn = true,
	.ramdisk_bytes = 1096356,
	.nr_pages = 32768,
};

/* An older kernel: everything in one region. */
static const struct plan_request old_guest = {
	.virt_base = BASE_VA,
	.paddr_start = 0x1000000,
	.paddr_end = 0x1800000,
	.entry = BASE_VA + 0x1000000,
	.init_p2m = PLAN_NO_P2M_ADDRESS,
	.ramdisk_bytes = 5000,
	.nr_pages = 16384,
};

static struct plan plan;
static uint64_t *mfns;
static uint64_t *tables; /* the guest's tables, addressed by page frame */
static uint64_t *list;

/* Frames are scattered, so that page and frame numbers cannot be mixed up. */
static uint64_t mfn_of(uint64_t pfn)
{
	return 0x100000 + pfn * 3;
}

static void make(const struct plan_request *req)
{
	ck_assert_ptr_null(plan_make(req, &plan));
	mfns = malloc(req->nr_pages * sizeof(*mfns));
	for (uint64_t i = 0; i < req->nr_pages; i++)
		mfns[i] = mfn_of(i);
	tables = malloc(plan.pt_frames << 12);
	list = malloc((plan.list.l3 + plan.list.l2 + plan.list.l1 + 1) << 12);
	ptables_write(&plan, mfns, tables, plan.list.pages ? list : NULL);
}

static void drop(void)
{
	free(mfns);
	free(tables);
	free(list);
}

/* The table in frame @mfn, or NULL if that frame is not one of our tables. */
static const uint64_t *table_at(uint64_t mfn)
{
	uint64_t pfn = (mfn - 0x100000) / 3;
	uint64_t n = plan.list.l3 + plan.list.l2 + plan.list.l1;

	if (pfn >= plan.root_pfn && pfn < plan.root_pfn + plan.pt_frames)
		return tables + (pfn - plan.root_pfn) * PTABLES_ENTRIES;
	if (plan.list.pages && pfn >= plan.list.table_pfn && pfn < plan.list.table_pfn + n)
		return list + (pfn - plan.list.table_pfn) * PTABLES_ENTRIES;
	return NULL;
}

/* What the processor would find for an address; 0 if nothing is mapped. */
static uint64_t walk(uint64_t va)
{
	const uint64_t *t = table_at(mfn_of(plan.root_pfn));
	uint64_t e = 0;

	for (int shift = 39; shift >= 12; shift -= 9) {
		ck_assert_ptr_nonnull(t);
		e = t[(va >> shift) & 511];
		if (!(e & 1))
			return 0;
		t = table_at((e & MASK) >> 12);
	}
	return e;
}

static bool is_table(uint64_t pfn)
{
	return table_at(mfn_of(pfn)) != NULL;
}

static void check_region(void)
{
	for (uint64_t i = 0; i < plan.region.pages; i++) {
		uint64_t e = walk(plan_va(&plan, i));

		ck_assert_uint_eq((e & MASK) >> 12, mfn_of(i));
		ck_assert_uint_eq(e & 4, 4);
		ck_assert_uint_eq(!!(e & 2), !is_table(i));
	}
	ck_assert_uint_eq(walk(BASE_VA + (plan.region.pages << 12)), 0);
}

START_TEST(linux_layout_follows_the_abi)
{
	make(&linux_guest);
	ck_assert_uint_eq(plan.kernel_pfn, 0x1000);
	ck_assert_uint_eq(plan.kernel_pages, 0x3a00);
	ck_assert_uint_eq(plan.start_info_pfn, 0x4a00);
	ck_assert_uint_eq(plan.store_pfn, 0x4a01);
	ck_assert_uint_eq(plan.console_pfn, 0x4a02);
	ck_assert_uint_eq(plan.root_pfn, 0x4a03);
	ck_assert_uint_eq(plan.stack_pfn, plan.root_pfn + plan.pt_frames);
	/* A 4 MiB boundary, and 512 KiB behind the stack. */
	ck_assert_uint_eq(plan.region.pages % 1024, 0);
	ck_assert_uint_ge(plan.region.pages - plan.stack_pfn - 1, 128);
	ck_assert_uint_eq(plan.p2m_pfn, plan.region.pages);
	ck_assert_uint_eq(plan.p2m_pages, 64);
	ck_assert_uint_eq(plan.p2m_frames, 64 + 3);
	ck_assert_uint_eq(plan.ramdisk_pfn, plan.p2m_pfn + plan.p2m_frames);
	ck_assert_uint_eq(plan.end_pfn, plan.ramdisk_pfn + plan.ramdisk_pages);
	ck_assert_uint_eq(plan.pt_frames, 1 + plan.region.l3 + plan.region.l2 + plan.region.l1);
	drop();
}
END_TEST

START_TEST(tables_map_every_page_of_the_region)
{
	make(&linux_guest);
	check_region();
	drop();
}
END_TEST

START_TEST(frame_list_is_mapped_where_the_kernel_wants_it)
{
	make(&linux_guest);
	for (uint64_t i = 0; i < plan.p2m_pages; i++)
		ck_assert_uint_eq((walk(P2M_VA + (i << 12)) & MASK) >> 12, mfn_of(plan.p2m_pfn + i));
	ck_assert_uint_eq(walk(P2M_VA + (plan.p2m_pages << 12)), 0);
	drop();
}
END_TEST

START_TEST(old_kernel_gets_everything_in_one_region)
{
	make(&old_guest);
	ck_assert_uint_eq(plan.ramdisk_pfn, 0x1800);
	ck_assert_uint_eq(plan.ramdisk_pages, 2);
	ck_assert_uint_eq(plan.p2m_pfn, 0x1802);
	ck_assert_uint_eq(plan.p2m_va, BASE_VA + 0x1802000);
	ck_assert_uint_eq(plan.p2m_frames, 0);
	ck_assert_uint_eq(plan.start_info_pfn, 0x1802 + 32);
	check_region();
	drop();
}
END_TEST

START_TEST(tables_of_large_regions_are_counted_right)
{
	/* Sizes around the points where one more table is needed. */
	for (uint64_t kib = 500; kib < 5000; kib += 410) {
		struct plan_request r = old_guest;

		r.paddr_end = r.paddr_start + kib * 1024;
		r.entry = r.virt_base + r.paddr_start;
		r.nr_pages = 65536;
		make(&r);
		check_region();
		drop();
	}
}
END_TEST

START_TEST(frame_list_of_a_large_guest_spans_tables)
{
	struct plan_request r = linux_guest;

	r.nr_pages = 2UL << 20; /* 8 GiB: a list of 16 MiB */
	make(&r);
	ck_assert_uint_eq(plan.list.l1, 8);
	ck_assert_uint_eq(plan.list.l2, 1);
	ck_assert_uint_eq((walk(P2M_VA + (16UL << 20) - 4096) & MASK) >> 12,
			  mfn_of(plan.p2m_pfn + 4095));
	drop();
}
END_TEST

START_TEST(too_little_memory_says_how_much_is_needed)
{
	struct plan_request r = linux_guest;

	r.nr_pages = 4096;
	ck_assert(strstr(plan_make(&r, &plan), "too little memory"));
	ck_assert_uint_gt(plan.end_pfn, 4096);
}
END_TEST

START_TEST(impossible_requests_are_refused)
{
	struct plan_request r = linux_guest;

	r.entry = 0x1000;
	ck_assert(strstr(plan_make(&r, &plan), "entry"));
	r = linux_guest;
	r.virt_base = 0xffff800000000000UL; /* the hypervisor's */
	ck_assert(strstr(plan_make(&r, &plan), "impossible address"));
	r = linux_guest;
	r.virt_base = 0x0000800000000000UL; /* not canonical */
	ck_assert(strstr(plan_make(&r, &plan), "impossible address"));
	r = linux_guest;
	r.virt_base = UINT64_MAX - 0xfff; /* wraps */
	ck_assert(strstr(plan_make(&r, &plan), "impossible address"));
	r = linux_guest;
	r.init_p2m = 0xffff800000000000UL;
	ck_assert(strstr(plan_make(&r, &plan), "frame list"));
	r.init_p2m = P2M_VA + 1;
	ck_assert(strstr(plan_make(&r, &plan), "frame list"));
	r.init_p2m = BASE_VA;
	ck_assert(strstr(plan_make(&r, &plan), "on top"));
	r = linux_guest;
	r.paddr_offset = 0x2000000;
	ck_assert(strstr(plan_make(&r, &plan), "PADDR_OFFSET"));
	r = linux_guest;
	r.nr_pages = 0;
	ck_assert_ptr_nonnull(plan_make(&r, &plan));
	r = linux_guest;
	r.ramdisk_bytes = UINT64_MAX;
	ck_assert_ptr_nonnull(plan_make(&r, &plan));
}
END_TEST

START_TEST(start_info_says_what_was_planned)
{
	static uint8_t page[HV_PAGE_SIZE];
	const struct start_info *si = (const void *)page;
	struct startinfo_values v = {
		.nr_pages = linux_guest.nr_pages,
		.shared_info_mfn = 0x1234,
		.store_port = 1,
		.console_port = 2,
		.ramdisk_bytes = linux_guest.ramdisk_bytes,
		.cmdline = "console=hvc0",
	};

	make(&linux_guest);
	v.mfns = mfns;
	memset(page, 0xff, sizeof(page));
	startinfo_fill(page, &plan, &v);
	ck_assert_str_eq(si->magic, "xen-3.0-x86_64");
	ck_assert_uint_eq(si->nr_pages, 32768);
	ck_assert_uint_eq(si->shared_info, 0x1234000);
	ck_assert_uint_eq(si->flags, SIF_MOD_START_PFN);
	ck_assert_uint_eq(si->store_mfn, mfn_of(plan.store_pfn));
	ck_assert_uint_eq(si->console.domU.mfn, mfn_of(plan.console_pfn));
	ck_assert_uint_eq(si->console.domU.evtchn, 2);
	ck_assert_uint_eq(si->pt_base, BASE_VA + (plan.root_pfn << 12));
	ck_assert_uint_eq(si->nr_pt_frames, plan.pt_frames);
	ck_assert_uint_eq(si->mfn_list, P2M_VA);
	ck_assert_uint_eq(si->mod_start, plan.ramdisk_pfn);
	ck_assert_uint_eq(si->mod_len, 1096356);
	ck_assert_uint_eq(si->first_p2m_pfn, plan.p2m_pfn);
	ck_assert_uint_eq(si->nr_p2m_frames, plan.p2m_frames);
	ck_assert_str_eq((const char *)si->cmd_line, "console=hvc0");
	ck_assert_uint_eq(page[HV_PAGE_SIZE - 1], 0);
	drop();
}
END_TEST

START_TEST(old_start_info_has_virtual_ramdisk)
{
	static uint8_t page[HV_PAGE_SIZE];
	const struct start_info *si = (const void *)page;
	struct startinfo_values v = { .nr_pages = 16384, .ramdisk_bytes = 5000, .cmdline = "" };

	make(&old_guest);
	v.mfns = mfns;
	startinfo_fill(page, &plan, &v);
	ck_assert_uint_eq(si->flags, 0);
	ck_assert_uint_eq(si->mod_start, BASE_VA + 0x1800000);
	ck_assert_uint_eq(si->mfn_list, BASE_VA + 0x1802000);
	ck_assert_uint_eq(si->nr_p2m_frames, 0);
	drop();
}
END_TEST

START_TEST(registers_are_those_of_a_pv_kernel)
{
	vcpu_guest_context_t c;

	make(&linux_guest);
	startinfo_registers(&c, &plan, linux_guest.entry, 0x4321);
	ck_assert_uint_eq(c.user_regs.rip, linux_guest.entry);
	ck_assert_uint_eq(c.user_regs.rsp, BASE_VA + ((plan.stack_pfn + 1) << 12));
	ck_assert_uint_eq(c.user_regs.rsi, BASE_VA + (plan.start_info_pfn << 12));
	ck_assert_uint_eq(c.user_regs.rflags, 0x200);
	ck_assert_uint_eq(c.user_regs.cs & 3, 3);
	ck_assert_uint_eq(c.user_regs.ss & 3, 3);
	ck_assert_uint_eq(c.ctrlreg[3], 0x4321000);
	ck_assert_uint_eq(c.kernel_sp, c.user_regs.rsp);
	drop();
}
END_TEST

UNIT_MAIN("plan", linux_layout_follows_the_abi, tables_map_every_page_of_the_region,
	  frame_list_is_mapped_where_the_kernel_wants_it, old_kernel_gets_everything_in_one_region,
	  tables_of_large_regions_are_counted_right, frame_list_of_a_large_guest_spans_tables,
	  too_little_memory_says_how_much_is_needed, impossible_requests_are_refused,
	  start_info_says_what_was_planned, old_start_info_has_virtual_ramdisk,
	  registers_are_those_of_a_pv_kernel)
