/* SPDX-License-Identifier: MIT */
/*
 * Permissions: text form, shared lists, and the rights they give.
 */
#include "protocol/perms.h"
#include "store/access.h"

#include <errno.h>
#include <string.h>

#include "tap.h"

#define ALL (PERM_READ | PERM_WRITE | PERM_OWNER)

START_TEST(text_goes_both_ways)
{
	static const char text[] = "n0\0r5\0w65535\0b12";
	struct perm perms[4];
	char out[64];

	ck_assert_int_eq(perms_parse(text, sizeof(text), perms, 4), 0);
	ck_assert_int_eq(perms[1].access, PERM_READ);
	ck_assert_int_eq(perms[2].domid, 65535);
	ck_assert_uint_eq(perms_format(perms, 4, out, sizeof(out)), sizeof(text));
	ck_assert(!memcmp(text, out, sizeof(text)));
	ck_assert_uint_eq(perms_format(perms, 4, out, 10), 0);
}
END_TEST

START_TEST(bad_text_is_refused)
{
	static const char *const bad[] = {
		"", "n", "x0", "n-1", "n65536", "r5x", "n 5", "n99999999999",
	};
	struct perm perm;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(perms_parse_one(bad[i], &perm), -EINVAL);
	ck_assert_int_eq(perms_parse("n0", 2, &perm, 1), -EINVAL);
	ck_assert_int_eq(perms_parse("n0\0x", 4, &perm, 1), -EINVAL);
}
END_TEST

START_TEST(equal_lists_are_one)
{
	static const struct perm a[] = { { 5, PERM_NONE }, { 0, PERM_READ } };
	static const struct perm b[] = { { 5, PERM_NONE }, { 1, PERM_READ } };
	struct permset *one = permset_get(a, 2);
	struct permset *two = permset_get(a, 2);
	struct permset *three = permset_get(b, 2);

	ck_assert_ptr_eq(one, two);
	ck_assert_ptr_ne(one, three);
	ck_assert(permset_any_names(1));
	permset_put(three);
	ck_assert(!permset_any_names(1));
	permset_put(one);
	permset_put(two);
	ck_assert(!permset_any_names(5));
}
END_TEST

START_TEST(rights_follow_the_list)
{
	static const struct perm perms[] = {
		{ 5, PERM_READ },
		{ 6, PERM_NONE },
		{ 7, PERM_BOTH },
	};
	struct permset *set = permset_get(perms, 3);
	struct access_id id = { .target = ACCESS_NO_TARGET };

	id.domid = 5;
	ck_assert_uint_eq(access_rights(&id, set), ALL);
	id.domid = 6;
	ck_assert_uint_eq(access_rights(&id, set), PERM_NONE);
	id.domid = 7;
	ck_assert_uint_eq(access_rights(&id, set), PERM_BOTH);
	/* Others get what the owner's entry says. */
	id.domid = 8;
	ck_assert_uint_eq(access_rights(&id, set), PERM_READ);
	id.target = 5;
	ck_assert_uint_eq(access_rights(&id, set), ALL);
	id.target = ACCESS_NO_TARGET;
	id.privileged = true;
	ck_assert_uint_eq(access_rights(&id, set), ALL);
	permset_put(set);
}
END_TEST

START_TEST(a_dead_domain_has_no_rights)
{
	static const struct perm perms[] = {
		{ 5, PERM_NONE },
		{ 6, PERM_BOTH },
		{ 7, PERM_READ },
	};
	struct permset *set = permset_get(perms, 3);
	struct permset *without6 = permset_without(set, 6);
	struct permset *without5 = permset_without(set, 5);
	struct access_id id = { .domid = 6, .target = ACCESS_NO_TARGET };

	ck_assert_uint_eq(without6->count, 2);
	ck_assert_uint_eq(access_rights(&id, without6), PERM_NONE);
	id.domid = 5;
	ck_assert_uint_eq(access_rights(&id, without5), PERM_NONE);
	ck_assert(!permset_names(without5, 5));
	id.domid = 7;
	ck_assert_uint_eq(access_rights(&id, without5), PERM_READ);
	permset_put(set);
	permset_put(without5);
	permset_put(without6);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("perms");
	TCase *tcase = tcase_create("perms");

	TAP_ADD(tcase, text_goes_both_ways);
	TAP_ADD(tcase, bad_text_is_refused);
	TAP_ADD(tcase, equal_lists_are_one);
	TAP_ADD(tcase, rights_follow_the_list);
	TAP_ADD(tcase, a_dead_domain_has_no_rights);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
