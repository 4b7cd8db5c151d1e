/* SPDX-License-Identifier: MIT */
/*
 * Which page-table entries a guest may install, and what becomes of them.
 */
#include "paging/entry.h"

#include "suite.h"

#define RESERVED(bits) (PTE_ADDR & ~((1ULL << (bits)) - 1))
#define BASE	       (PTE_PRESENT | PTE_RW | PTE_ACCESSED | PTE_DIRTY)

START_TEST(addresses_beyond_the_processor_are_refused)
{
	for (unsigned int level = 1; level <= 4; level++) {
		ck_assert(entry_ok(level, BASE | ((1ULL << 40) - PAGE_SIZE), RESERVED(40)));
		ck_assert(!entry_ok(level, BASE | (1ULL << 40), RESERVED(40)));
		ck_assert(!entry_ok(level, BASE | (1ULL << 51), RESERVED(46)));
		ck_assert(entry_ok(level, BASE | (1ULL << 51), RESERVED(52)));
	}
}
END_TEST

START_TEST(large_pages_are_refused_above_level_1)
{
	ck_assert(entry_ok(1, BASE | PTE_PAT, RESERVED(40)));
	for (unsigned int level = 2; level <= 4; level++)
		ck_assert(!entry_ok(level, BASE | PTE_PSE, RESERVED(40)));
}
END_TEST

START_TEST(software_bits_and_nx_are_the_guests)
{
	u64 e = BASE | PTE_AVAIL | PTE_AVAIL_HI | PTE_NX | PTE_USER;

	for (unsigned int level = 1; level <= 4; level++) {
		ck_assert(entry_ok(level, e, RESERVED(40)));
		ck_assert_uint_eq(entry_fix(level, e), e);
	}
}
END_TEST

START_TEST(every_mapping_is_a_user_mapping_and_none_is_global)
{
	for (unsigned int level = 1; level <= 4; level++)
		ck_assert(entry_fix(level, BASE) & PTE_USER);
	ck_assert(!(entry_fix(1, BASE | PTE_GLOBAL) & PTE_GLOBAL));
}
END_TEST

/* Proves: XSA-402 */
START_TEST(tables_are_read_through_the_caches)
{
	for (unsigned int level = 2; level <= 4; level++)
		ck_assert_uint_eq(entry_fix(level, BASE | PTE_PWT | PTE_PCD), BASE | PTE_USER);
	ck_assert_uint_eq(entry_fix(1, BASE | PTE_PCD), BASE | PTE_USER | PTE_PCD);
}
END_TEST

START_TEST(only_the_sixteen_slots_of_level_4_are_reserved)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < PTES_PER_TABLE; i++) {
		ck_assert(!entry_slot_reserved(3, i));
		n += entry_slot_reserved(4, i);
	}
	ck_assert_uint_eq(n, 16);
	ck_assert(!entry_slot_reserved(4, 255));
	ck_assert(entry_slot_reserved(4, 256));
	ck_assert(entry_slot_reserved(4, 271));
	ck_assert(!entry_slot_reserved(4, 272));
}
END_TEST

/* Proves: XSA-273 */
START_TEST(absent_entries_that_name_memory_leak)
{
	u64 mask = ((1ULL << 44) - 1) & PAGE_MASK, last = (4ULL << 30) - 1;
	u64 invert = 0xfffffffffffff000ULL;

	ck_assert(!entry_leaks(0, mask, last));
	ck_assert(!entry_leaks(0xffe, mask, last));
	ck_assert(entry_leaks(PAGE_SIZE, mask, last));
	ck_assert(entry_leaks(last & PAGE_MASK, mask, last));
	ck_assert(!entry_leaks(last + 1, mask, last));
	/* Bits that the cache does not compare do not help, inverted bits do. */
	ck_assert(entry_leaks(1ULL << 44 | PAGE_SIZE | PTE_NX, mask, last));
	ck_assert(!entry_leaks(PAGE_SIZE ^ invert, mask, last));
	/* Nothing is asked where the processor is sound. */
	ck_assert(!entry_leaks(PAGE_SIZE, mask, 0));
}
END_TEST

UNIT_MAIN("paging/entry", absent_entries_that_name_memory_leak,
	  addresses_beyond_the_processor_are_refused, large_pages_are_refused_above_level_1,
	  software_bits_and_nx_are_the_guests, every_mapping_is_a_user_mapping_and_none_is_global,
	  tables_are_read_through_the_caches, only_the_sixteen_slots_of_level_4_are_reserved)
