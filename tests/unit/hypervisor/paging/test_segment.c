/* SPDX-License-Identifier: MIT */
/* sources: paging/segment.c */
/*
 * Which segment descriptors pass, and in what form.
 */
#include "paging/segment.h"

#include "suite.h"

#define PRESENT (1ULL << 47)
#define S	(1ULL << 44)
#define DPL(n)	((u64)(n) << 45)
#define TYPE(t) ((u64)(t) << 40)

START_TEST(what_is_not_present_is_left_alone)
{
	u64 all_but = ~PRESENT, zero = 0, gate = TYPE(12) | DPL(3);

	ck_assert(segment_ok(&zero) && zero == 0);
	ck_assert(segment_ok(&all_but) && all_but == ~PRESENT);
	ck_assert(segment_ok(&gate));
}
END_TEST

START_TEST(no_system_descriptor_passes)
{
	for (unsigned int type = 0; type < 16; type++)
		for (unsigned int dpl = 0; dpl < 4; dpl++) {
			u64 d = PRESENT | DPL(dpl) | TYPE(type), before = d;

			ck_assert(!segment_ok(&d));
			ck_assert_uint_eq(d, before);
		}
}
END_TEST

START_TEST(segments_get_privilege_3_and_accessed)
{
	for (unsigned int type = 0; type < 16; type++)
		for (unsigned int dpl = 0; dpl < 4; dpl++) {
			u64 d = PRESENT | S | DPL(dpl) | TYPE(type) | 0xffff;

			ck_assert(segment_ok(&d));
			ck_assert_uint_eq(d, PRESENT | S | DPL(3) | TYPE(type | 1) | 0xffff);
		}
}
END_TEST

START_TEST(long_code_with_default_size_is_refused)
{
	u64 code64 = 0x00affb000000ffffULL, code32 = 0x00cffb000000ffffULL;
	u64 both = 0x00effb000000ffffULL, data = 0x00eff3000000ffffULL;

	ck_assert(segment_ok(&code64) && code64 == 0x00affb000000ffffULL);
	ck_assert(segment_ok(&code32));
	ck_assert(!segment_ok(&both));
	ck_assert(segment_ok(&data));
}
END_TEST

UNIT_MAIN("paging/segment", what_is_not_present_is_left_alone, no_system_descriptor_passes,
	  segments_get_privilege_3_and_accessed, long_code_with_default_size_is_refused)
