/* SPDX-License-Identifier: MIT */
/*
 * What the daemon tells of itself: faults in its books, and who asks how much.
 */
#include "daemon/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/domains.h"
#include "store/account.h"
#include "machine.h"
#include "tap.h"

static char text[XENSTORE_PAYLOAD_MAX];

static void check_says(const char *expected)
{
	long faults = report_check(&store, text, sizeof(text));

	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(faults == 0, !strcmp(expected, "OK"));
}

START_TEST(books_that_agree_are_ok)
{
	WRITE(1, 0, "a/b\0value");
	CALL(1, XS_WATCH, 0, "a\0token");
	begin_txn(2);
	check_says("OK");
}
END_TEST

/* Each kind of account, too high and too low. */
START_TEST(faults_in_accounts_are_told)
{
	WRITE(1, 0, "a\0value");
	CALL(2, XS_WATCH, 0, "a\0token");
	begin_txn(3);
	account_add(1, QUOTA_NODES, 1);
	check_says("domain 1: nodes: 3 are counted, 2 are there\n");
	account_add(1, QUOTA_NODES, -1);
	account_add(2, QUOTA_WATCHES, -1);
	account_add(3, QUOTA_TRANSACTIONS, 4);
	check_says("domain 2: watches: 0 are counted, 1 are there\n"
		   "domain 3: transactions: 5 are counted, 1 are there\n");
	account_add(2, QUOTA_WATCHES, 1);
	account_add(3, QUOTA_TRANSACTIONS, -4);
	/* Of a domain that owns nothing, and that nobody knows. */
	account_add(999, QUOTA_NODES, 7);
	check_says("domain 999: nodes: 7 are counted, 0 are there\n");
	account_add(999, QUOTA_NODES, -7);
	check_says("OK");
}
END_TEST

START_TEST(faults_of_output_and_tree_are_told)
{
	struct conn *conn = &domains_guest(1)->conn;
	struct node *node;
	uint32_t refs;

	conn->out_bytes += 5;
	account_add(1, QUOTA_MEMORY, 5);
	check_says("client 1: 5 bytes and 0 replies are counted, 0 bytes wait\n");
	conn->out_bytes -= 5;
	account_add(1, QUOTA_MEMORY, -5);
	account_add(0, QUOTA_MEMORY, -1);
	ck_assert_int_eq(report_check(&store, text, sizeof(text)), 1);
	ck_assert_ptr_nonnull(strstr(text, "domain 0: memory: "));
	account_add(0, QUOTA_MEMORY, 1);
	WRITE(1, 0, "a\0value");
	node = node_children(store.root);
	refs = node->refs;
	node->refs = 0;
	report_check(&store, text, sizeof(text));
	ck_assert(strstr(text, "the tree of nodes is not in order\n"));
	node->refs = refs;
	check_says("OK");
}
END_TEST

/* More faults than an answer holds: whole lines, and all are counted. */
START_TEST(many_faults_are_cut_at_a_line)
{
	for (uint16_t domid = 1000; domid < 1200; domid++)
		account_add(domid, QUOTA_NODES, 1);
	ck_assert_int_eq(report_check(&store, text, sizeof(text)), 200);
	ck_assert(text[strlen(text) - 1] == '\n');
	ck_assert_uint_lt(strlen(text), sizeof(text));
	for (uint16_t domid = 1000; domid < 1200; domid++)
		account_add(domid, QUOTA_NODES, -1);
}
END_TEST

START_TEST(traffic_is_counted_by_client)
{
	unsigned long long reads, writes, others, events;
	const char *line;

	WRITE(1, 0, "a\0value");
	CALL(1, XS_READ, 0, "a");
	CALL(1, XS_DIRECTORY, 0, "a");
	CALL(1, XS_WATCH, 0, "a\0token");
	while (get_message(1) >= 0)
		;
	ck_assert_int_eq(report_top(1, text, sizeof(text)), 0);
	line = strstr(text, "\n1 1 0 ");
	ck_assert_ptr_nonnull(line);
	ck_assert_int_eq(
		sscanf(line, "\n1 1 0 %llu %llu %llu %llu", &reads, &writes, &others, &events), 4);
	ck_assert_uint_eq(reads, 2);
	ck_assert_uint_eq(writes, 1);
	ck_assert_uint_eq(others, 1);
	ck_assert_uint_eq(events, 1);
}
END_TEST

/* An answer that is too short ends with where to go on; the parts are the whole. */
START_TEST(a_listing_comes_in_parts)
{
	unsigned int from = 0, parts = 0, seen = 0;
	const char *more;

	do {
		ck_assert_int_eq(report_top(from, text, 120), 0);
		ck_assert_uint_lt(strlen(text), 120);
		for (unsigned int number = 1; number < GUESTS; number++) {
			char start[16];

			snprintf(start, sizeof(start), "\n%u %u 0 ", number, number);
			if (strstr(text, start))
				seen += 1u << (8 * number);
		}
		more = strstr(text, "\nmore ");
		from = more ? (unsigned int)strtoul(more + strlen("\nmore "), NULL, 10) : 0;
		ck_assert_uint_lt(parts++, 10);
	} while (from);
	ck_assert_uint_gt(parts, 1);
	ck_assert_uint_eq(seen, 0x1010100);
}
END_TEST

START_TEST(memory_is_told_in_lines)
{
	WRITE(1, 0, "a\0value");
	report_memory(&store, text, sizeof(text));
	ck_assert(strstr(text, "\nnodes "));
	ck_assert(strstr(text, "\nclients         :            3 "));
	ck_assert(strstr(text, "\nvalues          :            1 "));
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("report");

	tcase_add_checked_fixture(tcase, machine_setup, machine_end);
	TAP_ADD(tcase, books_that_agree_are_ok);
	TAP_ADD(tcase, faults_in_accounts_are_told);
	TAP_ADD(tcase, faults_of_output_and_tree_are_told);
	TAP_ADD(tcase, many_faults_are_cut_at_a_line);
	TAP_ADD(tcase, traffic_is_counted_by_client);
	TAP_ADD(tcase, a_listing_comes_in_parts);
	TAP_ADD(tcase, memory_is_told_in_lines);
	return tap_run_case("report", tcase);
}
