/* SPDX-License-Identifier: MIT */
/* sources: */
/*
 * Formatting, against the C library's on every combination that the
 * hypervisor's subset has.
 */
#define vsnprintf lib_vsnprintf
#define snprintf  lib_snprintf
#include "lib/format.c"
#undef vsnprintf
#undef snprintf

#include "suite.h"
#include <stdio.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-truncation"

#define SAME(...)                                                 \
	do {                                                      \
		char a[128], b[128];                              \
		int na = lib_snprintf(a, sizeof(a), __VA_ARGS__); \
		int nb = snprintf(b, sizeof(b), __VA_ARGS__);     \
                                                                  \
		ck_assert_str_eq(a, b);                           \
		ck_assert_int_eq(na, nb);                         \
	} while (0)

/* An assertion for each of the many combinations would be slow. */
static bool same(const char *fmt, u64 value)
{
	char a[128], b[128];

	return lib_snprintf(a, sizeof(a), fmt, value) == snprintf(b, sizeof(b), fmt, value) &&
	       !strcmp(a, b);
}

START_TEST(numbers_agree_with_libc)
{
	static const char *const flags[] = { "", "-", "0", "#", "-0", "#0", "-#0" };
	static const char *const sizes[] = { "", "1", "8", "20" };
	static const char *const kinds[] = { "d",  "ld", "lld", "zd",  "u",
					     "lu", "x",	 "lx",	"llx", "zx" };
	static const u64 values[] = { 0,	   1,		9,	    255,   0x7fffffff,
				      0x80000000u, 0xffffffffu, 1ULL << 63, ~0ULL, 12345678901234ULL };
	char fmt[32];

	for (size_t f = 0; f < ARRAY_SIZE(flags); f++)
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++)
			for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
				for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
					snprintf(fmt, sizeof(fmt), "[%%%s%s%s]", flags[f], sizes[s],
						 kinds[k]);
					if (!same(fmt, values[v]))
						ck_abort_msg("%s of %#lx", fmt, values[v]);
				}
}
END_TEST

START_TEST(text_agrees_with_libc)
{
	SAME("%s|%10s|%-10s|", "abc", "abc", "abc");
	SAME("%c%5c%-3c|%%", 'x', 'y', 'z');
}
END_TEST

START_TEST(pointers_have_sixteen_digits)
{
	char a[32];

	ck_assert_int_eq(lib_snprintf(a, sizeof(a), "%p", (void *)0x1234abcdUL), 16);
	ck_assert_str_eq(a, "000000001234abcd");
}
END_TEST

START_TEST(a_short_buffer_is_cut_and_terminated)
{
	char a[8] = "zzzzzzz";

	ck_assert_int_eq(lib_snprintf(a, 4, "%s", "abcdef"), 6);
	ck_assert_mem_eq(a, "abc\0zzz", 8);
	ck_assert_int_eq(lib_snprintf(a, 0, "%d", 12345), 5);
	ck_assert_int_eq(lib_snprintf(NULL, 0, "%08x", 1), 8);
	ck_assert_int_eq(lib_snprintf(a, 1, "x"), 1);
	ck_assert_str_eq(a, "");
}
END_TEST

START_TEST(bad_formats_do_no_harm)
{
	static const char *const bad[] = { "%", "%5", "%l", "%-", "%.", "%q", "%.3d", "%*d" };
	const char *volatile fmt = "%s"; /* hides the NULL from the compiler's own check */
	char a[32];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_int_lt(lib_snprintf(a, sizeof(a), bad[i], 1), 8);
	lib_snprintf(a, sizeof(a), fmt, (const char *)NULL);
	ck_assert_str_eq(a, "(null)");
}
END_TEST

UNIT_MAIN("lib/format", numbers_agree_with_libc, text_agrees_with_libc,
	  pointers_have_sixteen_digits, a_short_buffer_is_cut_and_terminated, bad_formats_do_no_harm)
