/* SPDX-License-Identifier: MIT */
/*
 * Range sets against a bitmap that does the same the simple way.
 * sources: domain/rangeset.c
 */
#include "suite.h"

#include "abi/error.h"
#include "domain/rangeset.h"
#include "frame/alloc.h"

#include <string.h>

static bool no_memory;

void *alloc_bytes(size_t size)
{
	return no_memory ? NULL : calloc(1, size);
}

void alloc_free_bytes(void *p)
{
	free(p);
}

static void check_sorted(const struct rangeset *s)
{
	for (u32 i = 0; i < s->nr; i++) {
		ck_assert(s->ranges[i].first <= s->ranges[i].last);
		/* Disjoint and not even adjacent. */
		if (i)
			ck_assert(s->ranges[i - 1].last + 1 < s->ranges[i].first);
	}
}

START_TEST(add_merges_what_touches)
{
	struct rangeset s = { 0 };

	ck_assert_int_eq(rangeset_add(&s, 10, 19), 0);
	ck_assert_int_eq(rangeset_add(&s, 30, 39), 0);
	ck_assert_int_eq(s.nr, 2);
	ck_assert_int_eq(rangeset_add(&s, 20, 29), 0);
	ck_assert_int_eq(s.nr, 1);
	ck_assert(rangeset_contains(&s, 10, 39));
	ck_assert(!rangeset_contains(&s, 10, 40));
	ck_assert(!rangeset_contains(&s, 9, 10));
	ck_assert_int_eq(rangeset_add(&s, 5, 4), -EINVAL);
	rangeset_free(&s);
}
END_TEST

START_TEST(remove_splits)
{
	struct rangeset s = { 0 };

	ck_assert_int_eq(rangeset_remove(&s, 0, 0xffff), 0);
	ck_assert_int_eq(rangeset_add(&s, 0, 0xffff), 0);
	ck_assert_int_eq(rangeset_remove(&s, 0x3f8, 0x3ff), 0);
	ck_assert_int_eq(s.nr, 2);
	ck_assert(rangeset_contains(&s, 0, 0x3f7));
	ck_assert(!rangeset_contains(&s, 0x3ff, 0x3ff));
	ck_assert(rangeset_contains(&s, 0x400, 0xffff));
	ck_assert_int_eq(rangeset_remove(&s, 0, 0xffff), 0);
	ck_assert_int_eq(s.nr, 0);
	rangeset_free(&s);
}
END_TEST

START_TEST(ends_of_the_number_range)
{
	struct rangeset s = { 0 };

	ck_assert_int_eq(rangeset_add(&s, 0, ~0ULL), 0);
	ck_assert_int_eq(rangeset_add(&s, 0, 0), 0);
	ck_assert_int_eq(rangeset_add(&s, ~0ULL, ~0ULL), 0);
	ck_assert_int_eq(s.nr, 1);
	ck_assert_int_eq(rangeset_remove(&s, ~0ULL, ~0ULL), 0);
	ck_assert_int_eq(rangeset_remove(&s, 0, 0), 0);
	ck_assert(rangeset_contains(&s, 1, ~0ULL - 1));
	ck_assert(!rangeset_contains(&s, 0, 0));
	ck_assert(!rangeset_contains(&s, ~0ULL, ~0ULL));
	rangeset_free(&s);
}
END_TEST

START_TEST(no_memory_changes_nothing)
{
	struct rangeset s = { 0 };
	u64 n = 0;

	no_memory = true;
	ck_assert_int_eq(rangeset_add(&s, 1, 2), -ENOMEM);
	ck_assert_int_eq(s.nr, 0);
	no_memory = false;
	while (!s.room || s.nr < s.room) {
		ck_assert_int_eq(rangeset_add(&s, n, n), 0);
		n += 2;
	}
	no_memory = true;
	ck_assert_int_eq(rangeset_add(&s, n, n), -ENOMEM);
	ck_assert(!rangeset_contains(&s, n, n));
	no_memory = false;
	rangeset_free(&s);
}
END_TEST

START_TEST(agrees_with_a_bitmap)
{
	enum { SIZE = 96 };
	struct rangeset s = { 0 };
	bool model[SIZE] = { false };

	srand(12345);
	for (unsigned int step = 0; step < 20000; step++) {
		u64 a = (u64)rand() % SIZE, b = a + (u64)rand() % (SIZE - a);
		bool add = rand() & 1, all = true;

		ck_assert_int_eq(add ? rangeset_add(&s, a, b) : rangeset_remove(&s, a, b), 0);
		memset(model + a, add, b - a + 1);
		check_sorted(&s);
		a = (u64)rand() % SIZE;
		b = a + (u64)rand() % (SIZE - a);
		for (u64 i = a; i <= b; i++)
			all &= model[i];
		ck_assert_int_eq(rangeset_contains(&s, a, b), all);
	}
	rangeset_free(&s);
}
END_TEST

UNIT_MAIN("rangeset", add_merges_what_touches, remove_splits, ends_of_the_number_range,
	  no_memory_changes_nothing, agrees_with_a_bitmap)
