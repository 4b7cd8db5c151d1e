/* SPDX-License-Identifier: MIT */
/*
 * Did-you-mean: distances, and when to say nothing.
 */
#include "unit/suite.h"

#include "diag/diag.h"
#include "diag/guess.h"

static const char *const verbs[] = { "create", "list", "console", "shutdown", "destroy", "dmesg" };
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

START_TEST(distance_counts_edits)
{
	ck_assert_uint_eq(guess_distance("", ""), 0);
	ck_assert_uint_eq(guess_distance("abc", ""), 3);
	ck_assert_uint_eq(guess_distance("memory", "memory"), 0);
	ck_assert_uint_eq(guess_distance("memory", "memry"), 1);
	ck_assert_uint_eq(guess_distance("memory", "memmory"), 1);
	ck_assert_uint_eq(guess_distance("memory", "nemory"), 1);
	ck_assert_uint_eq(guess_distance("kitten", "sitting"), 3);
}
END_TEST

START_TEST(distance_counts_a_swap_as_one)
{
	ck_assert_uint_eq(guess_distance("memroy", "memory"), 1);
	ck_assert_uint_eq(guess_distance("ab", "ba"), 1);
}
END_TEST

START_TEST(distance_ignores_case)
{
	ck_assert_uint_eq(guess_distance("LIST", "list"), 0);
}
END_TEST

START_TEST(distance_is_bounded_for_long_words)
{
	char a[500], b[500];

	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[499] = b[499] = '\0';
	ck_assert_uint_eq(guess_distance(a, b), 63);
}
END_TEST

START_TEST(nearest_finds_the_likely_verb)
{
	ck_assert_str_eq(verbs[guess_nearest("craete", verbs, VERBS)], "create");
	ck_assert_str_eq(verbs[guess_nearest("lsit", verbs, VERBS)], "list");
	ck_assert_str_eq(verbs[guess_nearest("shutdow", verbs, VERBS)], "shutdown");
	ck_assert_str_eq(verbs[guess_nearest("cons", verbs, VERBS)], "console");
}
END_TEST

START_TEST(nearest_is_silent_when_nothing_is_near)
{
	ck_assert_int_eq(guess_nearest("xyzzy", verbs, VERBS), -1);
	ck_assert_int_eq(guess_nearest("", verbs, VERBS), -1);
	ck_assert_int_eq(guess_nearest("list", verbs, 0), -1);
}
END_TEST

START_TEST(nearest_skips_holes)
{
	const char *const holes[] = { NULL, "list", NULL };

	ck_assert_int_eq(guess_nearest("lst", holes, 3), 1);
}
END_TEST

START_TEST(failure_keeps_its_parts_apart)
{
	struct diag d = { 0 };

	ck_assert_int_eq(diag_fail(&d, DIAG_CONFIG, "what %d", 1), -1);
	diag_why(&d, "why");
	diag_hint(&d, "hint");
	ck_assert_str_eq(d.what, "what 1");
	ck_assert_str_eq(d.why, "why");
	ck_assert_str_eq(d.hint, "hint");
	diag_fail(&d, DIAG_FAILED, "other");
	ck_assert_str_eq(d.why, "");
	ck_assert_str_eq(d.hint, "");
}
END_TEST

UNIT_MAIN("guess", distance_counts_edits, distance_counts_a_swap_as_one, distance_ignores_case,
	  distance_is_bounded_for_long_words, nearest_finds_the_likely_verb,
	  nearest_is_silent_when_nothing_is_near, nearest_skips_holes, failure_keeps_its_parts_apart)
