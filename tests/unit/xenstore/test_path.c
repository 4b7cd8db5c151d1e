/* SPDX-License-Identifier: MIT */
/*
 * Node names: validity, limits, relative names, containment.
 */
#include "protocol/path.h"

#include <errno.h>
#include <string.h>

#include "tap.h"

/* A path of @len bytes below @prefix. */
static const char *long_path(const char *prefix, size_t len)
{
	static char path[8192];
	size_t n = strlen(prefix);

	strcpy(path, prefix);
	memset(path + n, 'x', len);
	path[n + len] = '\0';
	return path;
}

START_TEST(valid_names)
{
	ck_assert(path_valid("/"));
	ck_assert(path_valid("/a"));
	ck_assert(path_valid("/a-b_c@9/Z"));
	ck_assert(!path_valid(""));
	ck_assert(!path_valid("a"));
	ck_assert(!path_valid("/a/"));
	ck_assert(!path_valid("//"));
	ck_assert(!path_valid("/a//b"));
	ck_assert(!path_valid("/a b"));
	ck_assert(!path_valid("/a\n"));
	ck_assert(!path_valid("/\xc3\xa4"));
}
END_TEST

START_TEST(length_limits)
{
	/* 2048 in all, or below a domain's home. */
	ck_assert(path_valid(long_path("/", 2047)));
	ck_assert(!path_valid(long_path("/", 2048)));
	ck_assert(path_valid(long_path("/local/domain/5/", 2048)));
	ck_assert(!path_valid(long_path("/local/domain/5/", 2049)));
	ck_assert(!path_valid(long_path("/local/domain/x/", 2048)));
	ck_assert(!path_valid(long_path("/", 5000)));
}
END_TEST

START_TEST(relative_names_lie_below_home)
{
	char out[PATH_BUF];

	ck_assert_int_eq(path_canonical("a/b", "/local/domain/7", out), 0);
	ck_assert_str_eq(out, "/local/domain/7/a/b");
	ck_assert_int_eq(path_canonical("/a", "/local/domain/7", out), 0);
	ck_assert_str_eq(out, "/a");
	ck_assert_int_eq(path_canonical("", "/local/domain/7", out), -EINVAL);
	ck_assert_int_eq(path_canonical("a//b", "/h", out), -EINVAL);
	ck_assert_int_eq(path_canonical(long_path("", 4000), "/h", out), -EINVAL);
	ck_assert_int_eq(path_canonical(long_path("/", 3071), "/h", out), -EINVAL);
}
END_TEST

START_TEST(containment_is_by_component)
{
	ck_assert(path_is_below("/a/b", "/a"));
	ck_assert(path_is_below("/a", "/a"));
	ck_assert(path_is_below("/a", "/"));
	ck_assert(!path_is_below("/ab", "/a"));
	ck_assert(!path_is_below("/a", "/a/b"));
	ck_assert(!path_is_below("@x", "/"));
}
END_TEST

START_TEST(parents)
{
	char out[PATH_BUF];

	ck_assert(path_parent("/a/b", out));
	ck_assert_str_eq(out, "/a");
	ck_assert(path_parent("/a", out));
	ck_assert_str_eq(out, "/");
	ck_assert(!path_parent("/", out));
}
END_TEST

START_TEST(components_come_in_order)
{
	const char *at = "/ab/c";
	size_t n = path_component(&at);

	ck_assert_uint_eq(n, 2);
	at += n;
	n = path_component(&at);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(*at, 'c');
	at += n;
	ck_assert_uint_eq(path_component(&at), 0);
	at = "/";
	ck_assert_uint_eq(path_component(&at), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("path");
	TCase *tcase = tcase_create("path");

	TAP_ADD(tcase, valid_names);
	TAP_ADD(tcase, length_limits);
	TAP_ADD(tcase, relative_names_lie_below_home);
	TAP_ADD(tcase, containment_is_by_component);
	TAP_ADD(tcase, parents);
	TAP_ADD(tcase, components_come_in_order);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
