/* SPDX-License-Identifier: MIT */
/* sources: lib/string.c */
/*
 * The string functions, against the C library's on all small sizes.  Those of
 * ISO C are compiled here under other names, because the test needs both.
 */
#define memcpy	lib_memcpy
#define memmove lib_memmove
#define memset	lib_memset
#define memcmp	lib_memcmp
#define strlen	lib_strlen
#define strnlen lib_strnlen
#define strcmp	lib_strcmp
#define strncmp lib_strncmp
#define strchr	lib_strchr
#include "lib/libc.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr

#include "suite.h"
#include <string.h>

#define SIZE 80

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

START_TEST(copies_agree_with_libc)
{
	u8 src[SIZE], a[SIZE], b[SIZE];

	for (unsigned int i = 0; i < SIZE; i++)
		src[i] = (u8)(i * 7 + 1);
	for (size_t off = 0; off < 9; off++)
		for (size_t n = 0; n + off <= SIZE - 9; n++) {
			memset(a, 0xee, SIZE);
			memset(b, 0xee, SIZE);
			ck_assert_ptr_eq(lib_memcpy(a + off, src + 3, n), a + off);
			memcpy(b + off, src + 3, n);
			ck_assert_mem_eq(a, b, SIZE);
			lib_memset(a + off, (int)n | 0x100, n);
			memset(b + off, (int)n, n);
			ck_assert_mem_eq(a, b, SIZE);
		}
}
END_TEST

START_TEST(overlapping_moves_agree_with_libc)
{
	u8 a[SIZE], b[SIZE];

	for (size_t from = 0; from < 20; from++)
		for (size_t to = 0; to < 20; to++)
			for (size_t n = 0; n < 60; n++) {
				for (unsigned int i = 0; i < SIZE; i++)
					a[i] = b[i] = (u8)i;
				lib_memmove(a + to, a + from, n);
				memmove(b + to, b + from, n);
				ck_assert_mem_eq(a, b, SIZE);
			}
}
END_TEST

START_TEST(comparisons_agree_with_libc)
{
	static const char *const t[] = { "", "a", "ab", "abc", "abd", "b", "\xff", "a\xff" };

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		for (size_t j = 0; j < ARRAY_SIZE(t); j++) {
			ck_assert_int_eq(sign(lib_strcmp(t[i], t[j])), sign(strcmp(t[i], t[j])));
			for (size_t n = 0; n < 4; n++)
				ck_assert_int_eq(sign(lib_strncmp(t[i], t[j], n)),
						 sign(strncmp(t[i], t[j], n)));
		}
	ck_assert_int_lt(lib_memcmp("a\0b", "a\0c", 3), 0);
	ck_assert_int_eq(lib_memcmp("a", "b", 0), 0);
	ck_assert_uint_eq(lib_strlen("four"), 4);
	ck_assert_uint_eq(lib_strnlen("four", 3), 3);
	ck_assert_ptr_null(lib_strchr("four", 'x'));
	ck_assert_str_eq(lib_strchr("four", 'u'), "ur");
}
END_TEST

START_TEST(string_copy_terminates_and_clears)
{
	char buf[6] = "zzzzz";

	ck_assert(string_copy(buf, "ab", sizeof(buf)));
	ck_assert_mem_eq(buf, "ab\0\0\0", 6);
	ck_assert(string_copy(buf, "abcde", sizeof(buf)));
	ck_assert(!string_copy(buf, "abcdef", sizeof(buf)));
	ck_assert_str_eq(buf, "abcde");
	ck_assert(!string_copy(buf, "x", 0));
}
END_TEST

START_TEST(numbers_are_parsed_exactly)
{
	const char *end;
	u64 v = 7;

	ck_assert(string_to_u64("123k", &end, &v));
	ck_assert_uint_eq(v, 123);
	ck_assert_str_eq(end, "k");
	ck_assert(string_to_u64("0x1F", NULL, &v) && v == 31);
	ck_assert(string_to_u64("010", NULL, &v) && v == 8);
	ck_assert(string_to_u64("0", NULL, &v) && v == 0);
	ck_assert(string_to_u64("0xg", &end, &v) && v == 0);
	ck_assert_str_eq(end, "xg");
	ck_assert(string_to_u64("18446744073709551615", NULL, &v) && v == ~0ULL);
	ck_assert(!string_to_u64("18446744073709551616", NULL, &v));
	ck_assert(!string_to_u64("", NULL, &v));
	ck_assert(!string_to_u64("-1", NULL, &v));
	ck_assert(!string_to_u64(" 1", NULL, &v));
}
END_TEST

UNIT_MAIN("lib/string", copies_agree_with_libc, overlapping_moves_agree_with_libc,
	  comparisons_agree_with_libc, string_copy_terminates_and_clears, numbers_are_parsed_exactly)
