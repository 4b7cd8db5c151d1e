/* SPDX-License-Identifier: MIT */
/* sources: boot/memmap.c */
/*
 * The memory map: sorted, disjoint, joined, the most restrictive type winning.
 */
#include "boot/memmap.h"

#include "suite.h"

static struct boot_mem out[BOOT_MAX_MEMMAP];
static unsigned int count;

static void expect(unsigned int i, u64 start, u64 end, u32 type)
{
	ck_assert_uint_lt(i, count);
	ck_assert_uint_eq(out[i].start, start);
	ck_assert_uint_eq(out[i].start + out[i].size, end);
	ck_assert_uint_eq(out[i].type, type);
}

static bool build(const struct boot_mem *raw, unsigned int n)
{
	return memmap_build(raw, n, out, ARRAY_SIZE(out), &count);
}

START_TEST(unsorted_entries_are_sorted)
{
	const struct boot_mem raw[] = {
		{ 0x100000, 0x3fee0000, BOOT_MEM_RAM },
		{ 0xf0000, 0x10000, BOOT_MEM_RESERVED },
		{ 0, 0x9fc00, BOOT_MEM_RAM },
	};

	ck_assert(build(raw, 3));
	ck_assert_uint_eq(count, 3);
	expect(0, 0, 0x9fc00, BOOT_MEM_RAM);
	expect(1, 0xf0000, 0x100000, BOOT_MEM_RESERVED);
	expect(2, 0x100000, 0x3ffe0000, BOOT_MEM_RAM);
}
END_TEST

START_TEST(reserved_cuts_ram)
{
	const struct boot_mem raw[] = {
		{ 0x1000, 0x9000, BOOT_MEM_RAM },
		{ 0x3000, 0x1000, BOOT_MEM_RESERVED },
		{ 0x3800, 0x1000, BOOT_MEM_NVS },
	};

	ck_assert(build(raw, 3));
	ck_assert_uint_eq(count, 4);
	expect(0, 0x1000, 0x3000, BOOT_MEM_RAM);
	expect(1, 0x3000, 0x3800, BOOT_MEM_RESERVED);
	expect(2, 0x3800, 0x4800, BOOT_MEM_NVS);
	expect(3, 0x4800, 0xa000, BOOT_MEM_RAM);
}
END_TEST

START_TEST(neighbours_of_one_type_are_joined)
{
	const struct boot_mem raw[] = {
		{ 0x2000, 0x1000, BOOT_MEM_RAM },
		{ 0x1000, 0x1000, BOOT_MEM_RAM },
		{ 0x1800, 0x2000, BOOT_MEM_RAM },
		{ 0x3800, 0, BOOT_MEM_BAD },
	};

	ck_assert(build(raw, 4));
	ck_assert_uint_eq(count, 1);
	expect(0, 0x1000, 0x3800, BOOT_MEM_RAM);
}
END_TEST

START_TEST(unknown_types_are_reserved)
{
	const struct boot_mem raw[] = { { 0, 0x1000, 12 }, { 0x1000, 0x1000, 0 } };

	ck_assert(build(raw, 2));
	ck_assert_uint_eq(count, 1);
	expect(0, 0, 0x2000, BOOT_MEM_RESERVED);
}
END_TEST

START_TEST(an_entry_past_the_end_is_clipped)
{
	const struct boot_mem raw[] = { { ~0ULL - 0xfff, 0x10000, BOOT_MEM_RESERVED } };

	ck_assert(build(raw, 1));
	expect(0, ~0ULL - 0xfff, ~0ULL, BOOT_MEM_RESERVED);
}
END_TEST

START_TEST(too_many_entries_lose_the_top)
{
	struct boot_mem raw[BOOT_MAX_MEMMAP + 10];

	for (unsigned int i = 0; i < ARRAY_SIZE(raw); i++)
		raw[i] = (struct boot_mem){ i * 0x2000ULL, 0x1000, BOOT_MEM_RAM };
	ck_assert(!build(raw, ARRAY_SIZE(raw)));
	ck_assert_uint_eq(count, BOOT_MAX_MEMMAP);
	expect(BOOT_MAX_MEMMAP - 1, (BOOT_MAX_MEMMAP - 1) * 0x2000ULL,
	       (BOOT_MAX_MEMMAP - 1) * 0x2000ULL + 0x1000, BOOT_MEM_RAM);
}
END_TEST

/* Every point of a small space, against the rule applied directly: the types' numbers rise with rank. */
START_TEST(random_maps_obey_the_rule)
{
	struct boot_mem raw[8];

	srand(1);
	for (unsigned int round = 0; round < 2000; round++) {
		for (unsigned int i = 0; i < 8; i++)
			raw[i] = (struct boot_mem){ rand() % 40, rand() % 12, 1 + rand() % 5 };
		ck_assert(build(raw, 8));
		for (u64 at = 0; at < 60; at++) {
			u32 want = 0, got = 0;

			for (unsigned int i = 0; i < 8; i++)
				if (raw[i].start <= at && at < raw[i].start + raw[i].size)
					want = MAX(want, raw[i].type);
			for (unsigned int i = 0; i < count; i++)
				if (out[i].start <= at && at < out[i].start + out[i].size)
					got = got ? ~0U : out[i].type;
			if (got != want)
				ck_abort_msg("round %u, address %lu: %u, not %u", round, at, got,
					     want);
		}
		for (unsigned int i = 1; i < count; i++)
			if (out[i].start < out[i - 1].start + out[i - 1].size)
				ck_abort_msg("round %u: entry %u out of order", round, i);
	}
}
END_TEST

UNIT_MAIN("boot/memmap", unsorted_entries_are_sorted, reserved_cuts_ram,
	  neighbours_of_one_type_are_joined, unknown_types_are_reserved,
	  an_entry_past_the_end_is_clipped, too_many_entries_lose_the_top, random_maps_obey_the_rule)
