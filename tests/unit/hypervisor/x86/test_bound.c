/* SPDX-License-Identifier: MIT */
/* sources: */
/*
 * Indices and addresses of a guest are made harmless: the values at the edges,
 * for each width of index that is in use.
 */
#include "x86/bound.h"
#include "x86/usercopy.h"

#include "suite.h"

static const u64 sizes[] = { 0, 1, 2, 7, 8, 64, 4096, 131072, 0x7fffffff, 0x80000000, 0xffffffff };

START_TEST(an_index_below_stays)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		u64 size = sizes[i], at[] = { 0, 1, size / 2, size - 1 };

		for (unsigned int j = 0; j < ARRAY_SIZE(at); j++) {
			u32 narrow = (u32)at[j];
			u64 wide = at[j];

			if (at[j] >= size)
				continue;
			ck_assert(bound_index(narrow, size));
			ck_assert_uint_eq(narrow, at[j]);
			ck_assert(bound_index(wide, size));
			ck_assert_uint_eq(wide, at[j]);
		}
	}
}
END_TEST

START_TEST(another_is_refused_and_becomes_0)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		u64 size = sizes[i];
		u64 at[] = { size, size + 1, 2 * size + 1, size | 1ULL << 32, 1ULL << 63, ~0ULL };

		for (unsigned int j = 0; j < ARRAY_SIZE(at); j++) {
			u32 narrow = (u32)at[j];
			u64 wide = at[j];

			ck_assert(!bound_index(wide, size));
			ck_assert_uint_eq(wide, 0);
			if (narrow < size)
				continue;
			ck_assert(!bound_index(narrow, size));
			ck_assert_uint_eq(narrow, 0);
		}
	}
}
END_TEST

START_TEST(addresses_of_guests_stay)
{
	static const u64 guests[] = { 0,
				      1,
				      0x7fffffff,
				      0x80000000,
				      0x87ffffff,
				      0x00007fffffffffff,
				      HV_VIRT_END,
				      HV_VIRT_END + 1,
				      0xffff888000000000,
				      0xffffffff80000000,
				      ~0UL };
	u64 a = 88172645463325252;

	for (unsigned int i = 0; i < ARRAY_SIZE(guests); i++)
		ck_assert_uint_eq(usercopy_place(gaddr(guests[i])), guests[i]);
	for (unsigned int i = 0; i < 1000000; i++) {
		a ^= a << 13, a ^= a >> 7, a ^= a << 17;
		if (usercopy_ok(gaddr(a), 1))
			ck_assert_uint_eq(usercopy_place(gaddr(a)), a);
		if (usercopy_ok(gaddr(a >> 17), 1))
			ck_assert_uint_eq(usercopy_place(gaddr(a >> 17)), a >> 17);
	}
}
END_TEST

/* What the address unit of a processor that guesses takes: 48 bits, the last of them extended. */
static u64 guessed(u64 va)
{
	return (u64)((s64)(va << 16) >> 16);
}

START_TEST(no_address_leads_into_the_hypervisor)
{
	static const u64 offsets[] = { 0,
				       1,
				       0xffff,
				       0x10000,
				       0x7fffffff,
				       0x80000000,
				       0x30000000000,
				       0x7fffffff0000,
				       0x7ffffffffff };

	for (unsigned int i = 0; i < ARRAY_SIZE(offsets); i++) {
		u64 in = HV_VIRT_START + offsets[i] % (HV_VIRT_END - HV_VIRT_START);

		for (u64 upper = 0; upper < 0x10000; upper++) {
			u64 va = (in & 0x0000ffffffffffff) | upper << 48;
			u64 place = usercopy_place(gaddr(va));

			ck_assert_uint_eq(place, USERCOPY_NOWHERE);
		}
	}
	ck_assert_uint_ne(guessed(USERCOPY_NOWHERE), USERCOPY_NOWHERE);
	ck_assert(guessed(USERCOPY_NOWHERE) < HV_VIRT_START);
}
END_TEST

UNIT_MAIN("x86/bound", an_index_below_stays, another_is_refused_and_becomes_0,
	  addresses_of_guests_stay, no_address_leads_into_the_hypervisor)
