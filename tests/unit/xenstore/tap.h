/* SPDX-License-Identifier: MIT */
/*
 * Runs one suite and prints TAP.
 */
#pragma once

#include <check.h>
#include <stdlib.h>

/* For main(): runs the tests of @suite; the exit status. */
static inline int tap_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* The same for a suite of one case. */
static inline int tap_run_case(const char *name, TCase *tcase)
{
	Suite *suite = suite_create(name);

	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}

/* Adds a test to a case under its own name. */
#define TAP_ADD(tcase, name) tcase_add_test(tcase, name)
