/* SPDX-License-Identifier: MIT */
/* sources: grant/access.c */
/*
 * Marking a shared grant entry: exactly what the entry permits, for exactly
 * whom, and nothing left behind.
 */
#include "grant/access.h"

#include "suite.h"

#include <xen/xen.h>
#include <xen/grant_table.h>

static u32 word(u32 flags, u32 domid)
{
	return flags | domid << 16;
}

START_TEST(every_word_is_judged_right)
{
	for (u32 flags = 0; flags < 0x10000; flags++) {
		for (int write = 0; write < 2; write++) {
			u32 w = word(flags, 5), other = word(flags, 6);
			bool ok = (flags & GTF_type_mask) == GTF_permit_access &&
				  !(flags & GTF_sub_page) && !(write && flags & GTF_readonly);

			ck_assert(!access_mark(&other, 5, write));
			ck_assert_uint_eq(other, word(flags, 6));
			ck_assert(access_mark(&w, 5, write) == ok);
			if (ok)
				ck_assert_uint_eq(
					w, word(flags | GTF_reading | (write ? GTF_writing : 0), 5));
			else
				ck_assert_uint_eq(w, word(flags, 5));
		}
	}
}
END_TEST

START_TEST(unmark_takes_back_what_mark_set)
{
	u32 w = word(GTF_permit_access, 7);

	ck_assert(access_mark(&w, 7, true));
	access_unmark(&w, false);
	ck_assert_uint_eq(w, word(GTF_permit_access | GTF_reading, 7));
	access_unmark(&w, true);
	ck_assert_uint_eq(w, word(GTF_permit_access, 7));
}
END_TEST

UNIT_MAIN("grant/access", every_word_is_judged_right, unmark_takes_back_what_mark_set)
