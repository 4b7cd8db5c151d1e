/* SPDX-License-Identifier: MIT */
/*
 * The wire codec: names of errors and operations, string vectors, numbers.
 */
#include "protocol/wire.h"

#include <string.h>

#include "tap.h"

START_TEST(every_error_survives_the_wire)
{
	static const int errors[] = {
		EINVAL,	   EACCES, EEXIST, EISDIR, ENOENT, ENOMEM,  ENOSPC, EIO,
		ENOTEMPTY, ENOSYS, EROFS,  EBUSY,  EAGAIN, EISCONN, E2BIG,  EPERM,
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const char *name = wire_error_name(errors[i]);

		ck_assert_int_eq(wire_error_number(name, strlen(name)), errors[i]);
		ck_assert_int_eq(wire_error_number(name, strlen(name) + 1), errors[i]);
	}
}
END_TEST

START_TEST(unknown_errors_become_known_ones)
{
	ck_assert_str_eq(wire_error_name(EXDEV), "EINVAL");
	ck_assert_int_eq(wire_error_number("EWHAT", 5), EIO);
	ck_assert_int_eq(wire_error_number("", 0), EIO);
	ck_assert_int_eq(wire_error_number("EINVALX", 7), EIO);
}
END_TEST

START_TEST(operations_have_names)
{
	ck_assert_str_eq(wire_op_name(XS_READ), "READ");
	ck_assert_str_eq(wire_op_name(XS_DIRECTORY_PART), "DIRECTORY_PART");
	ck_assert_str_eq(wire_op_name(20), "UNKNOWN");
	ck_assert_str_eq(wire_op_name(0xffffffff), "UNKNOWN");
}
END_TEST

START_TEST(strings_split_at_their_ends)
{
	const char *vec[2] = { NULL, NULL };

	ck_assert_uint_eq(wire_split("a\0bc\0d\0", 7, vec, 2), 3);
	ck_assert_str_eq(vec[0], "a");
	ck_assert_str_eq(vec[1], "bc");
	ck_assert_uint_eq(wire_count_strings("", 0), 0);
	ck_assert_uint_eq(wire_count_strings("\0", 1), 1);
	ck_assert_uint_eq(wire_count_strings("a\0b", 3), 1);
}
END_TEST

START_TEST(numbers_are_strict)
{
	uint64_t n;

	ck_assert(wire_number("0", 10, &n) && n == 0);
	ck_assert(wire_number("65535", 65535, &n) && n == 65535);
	ck_assert(wire_number("18446744073709551615", UINT64_MAX, &n));
	ck_assert(n == UINT64_MAX);
	ck_assert(!wire_number("18446744073709551616", UINT64_MAX, &n));
	ck_assert(!wire_number("65536", 65535, &n));
	ck_assert(!wire_number("9", 8, &n));
	ck_assert(!wire_number("", 10, &n));
	ck_assert(!wire_number("-1", 10, &n));
	ck_assert(!wire_number("1x", 10, &n));
	ck_assert(!wire_number(" 1", 10, &n));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wire");
	TCase *tcase = tcase_create("wire");

	TAP_ADD(tcase, every_error_survives_the_wire);
	TAP_ADD(tcase, unknown_errors_become_known_ones);
	TAP_ADD(tcase, operations_have_names);
	TAP_ADD(tcase, strings_split_at_their_ends);
	TAP_ADD(tcase, numbers_are_strict);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
