/* SPDX-License-Identifier: MIT */
/* sources: pv/hypercall_page.c */
/*
 * Values that a guest chooses and the processor will hold: flags, selectors,
 * XCR0; and the stubs of the hypercall page.
 */
#include "pv/flags.h"
#include "pv/hypercall_page.h"
#include "pv/xcr0.h"

#include "suite.h"
#include <string.h>

START_TEST(flags_never_give_privilege)
{
	for (unsigned int i = 0; i < 64; i++) {
		u64 f = flags_sanitise(1UL << i);

		ck_assert(f & RFLAGS_IF);
		ck_assert(f & RFLAGS_RES1);
		ck_assert(!(f & (RFLAGS_IOPL | RFLAGS_VM | RFLAGS_VIF | RFLAGS_VIP)));
		ck_assert_uint_eq(f >> 22, 0);
	}
	ck_assert_uint_eq(flags_sanitise(0), 0x202);
	/* What user code may set for itself comes through. */
	ck_assert_uint_eq(flags_sanitise(0x254dd5) & 0x254dd5, 0x254dd5);
}
END_TEST

START_TEST(selectors_have_rpl_3)
{
	for (u32 sel = 0; sel < 0x10000; sel += 7)
		ck_assert_uint_eq(flags_selector(sel) & 3, 3);
	ck_assert_uint_eq(flags_selector(0xe030), 0xe033);
	ck_assert_uint_eq(flags_selector(0x123456789UL), 0x678b);
}
END_TEST

START_TEST(xcr0_rules)
{
	ck_assert(xcr0_valid(1, 7));
	ck_assert(xcr0_valid(3, 7));
	ck_assert(xcr0_valid(7, 7));
	ck_assert(!xcr0_valid(0, 7));
	ck_assert(!xcr0_valid(2, 7));
	ck_assert(!xcr0_valid(5, 7)); /* AVX without SSE */
	ck_assert(!xcr0_valid(7, 3));
	ck_assert(!xcr0_valid(0xe3, 0xe7)); /* AVX-512 without AVX */
	ck_assert(!xcr0_valid(0x27, 0xe7)); /* a part of AVX-512 */
	ck_assert(xcr0_valid(0xe7, 0xe7));
	ck_assert(!xcr0_valid(0xf, 0x1f)); /* half of MPX */
	ck_assert(!xcr0_valid(1UL << 63 | 1, 7));
}
END_TEST

START_TEST(hypercall_page_stubs)
{
	static const u8 call[] = { 0x51, 0x41, 0x53, 0xb8, 29,	 0,    0,
				   0,	 0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3 };
	static const u8 iret[] = { 0x51, 0x41, 0x53, 0x50, 0xb8, 23, 0, 0, 0, 0x0f, 0x05 };
	u8 page[4096 + 1];

	page[4096] = 0x5a;
	hypercall_page_fill(page);
	ck_assert_mem_eq(page + 29 * 32, call, sizeof(call));
	ck_assert_mem_eq(page + 23 * 32, iret, sizeof(iret));
	ck_assert_uint_eq(page[127 * 32 + 4], 127);
	ck_assert_uint_eq(page[4096], 0x5a);
}
END_TEST

UNIT_MAIN("pv/guest_state", flags_never_give_privilege, selectors_have_rpl_3, xcr0_rules,
	  hypercall_page_stubs)
