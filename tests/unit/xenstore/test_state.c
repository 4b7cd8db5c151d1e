/* SPDX-License-Identifier: MIT */
/*
 * A daemon's state through the stream and back: what a successor finds is what
 * its predecessor left, down to half a request and half a reply.
 */
#include "daemon/restore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/conn.h"
#include "daemon/domains.h"
#include "daemon/guest.h"
#include "daemon/save.h"
#include "protocol/path.h"
#include "bytes.h"
#include "machine.h"
#include "tap.h"

static struct bytes saved;

static void save(void)
{
	saved.len = 0;
	ck_assert_int_eq(save_state(&store, bytes_append, &saved), 0);
}

static int restore(void)
{
	int listener;

	return restore_state(&store, saved.data, saved.len, &listener, false);
}

/* One process ends, another goes on. */
static void succeed(void)
{
	save();
	machine_end();
	machine_start();
	ck_assert_int_eq(restore(), 0);
}

static void teardown(void)
{
	machine_end();
	bytes_free(&saved);
}

START_TEST(nodes_permissions_and_accounts)
{
	struct perm perms[] = { { 1, PERM_READ }, { 2, PERM_BOTH }, { 9, PERM_READ | PERM_IGNORE } };
	const struct permset *set;
	uint32_t nodes;
	long count;

	WRITE(1, 0, "a/b/c\0value");
	store_write(&store, NULL, &root, "/", "root", 4);
	store_write(&store, NULL, &root, "/x/y", "z\0z", 3);
	store_set_perms(&store, NULL, &root, "/x/y", perms, 3);
	store_set_perms(&store, NULL, &root, "@releaseDomain", perms, 2);
	nodes = account_of(1)->used[QUOTA_NODES];
	count = store_check(&store);
	ck_assert_int_gt(count, 0);
	succeed();
	ck_assert_int_eq(store_check(&store), count);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_NODES], nodes);
	expect_value("/local/domain/1/a/b/c", "value");
	expect_value("/", "root");
	ck_assert_int_eq(store_get_perms(&store, NULL, &root, "/x/y", &set), 0);
	ck_assert_uint_eq(set->count, 3);
	ck_assert_uint_eq(set->perms[2].access, PERM_READ | PERM_IGNORE);
	ck_assert_uint_eq(store.release_perms->count, 2);
	ck_assert_uint_eq(store.introduce_perms->count, 1);
	/* It can be written as it was. */
	ck_assert_int_eq(WRITE(1, 0, "a/b/c\0again"), XS_WRITE);
}
END_TEST

START_TEST(watches_relative_absolute_and_special)
{
	CALL(1, XS_WATCH, 0, "a\0relative");
	get_message(1);
	CALL(1, XS_WATCH, 0, "/local/domain/1/a\0absolute");
	get_message(1);
	CALL(1, XS_WATCH, 0, "@releaseDomain\0special");
	get_message(1);
	succeed();
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 3);
	store_write(&store, NULL, &root, "/local/domain/1/a", "v", 1);
	settle();
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(get_message(1), XS_WATCH_EVENT);
		if (answer[0] == '/')
			ck_assert_mem_eq(answer, "/local/domain/1/a\0absolute", 27);
		else
			ck_assert_mem_eq(answer, "a\0relative", 11);
	}
	ck_assert_int_eq(get_message(1), -1);
	ck_assert_int_eq(CALL(1, XS_UNWATCH, 0, "@releaseDomain\0special"), XS_UNWATCH);
}
END_TEST

START_TEST(half_a_request_is_completed)
{
	struct xsd_sockmsg hdr = { .type = XS_WRITE, .req_id = 5, .len = 8 };
	char message[sizeof(hdr) + 8];

	memcpy(message, &hdr, sizeof(hdr));
	memcpy(message + sizeof(hdr), "a\0value!", 8);
	for (size_t cut = 1; cut < sizeof(message); cut++) {
		put_bytes(1, message, cut);
		domains_event(1001);
		succeed();
		put_bytes(1, message + cut, sizeof(message) - cut);
		domains_event(1001);
		settle();
		ck_assert_int_eq(get_message(1), XS_WRITE);
		ck_assert_int_eq(get_message(1), -1);
		expect_value("/local/domain/1/a", "value!");
	}
}
END_TEST

START_TEST(what_waits_to_be_taken_goes_on_where_it_was)
{
	static char value[900], all[4000];
	size_t len = 0, n;
	struct xsd_sockmsg hdr = { .type = XS_READ, .len = 2 };

	memset(value, 'v', sizeof(value));
	store_write(&store, NULL, &root, "/local/domain/1/a", value, sizeof(value));
	CALL(1, XS_WATCH, 0, "b\0token");
	get_message(1);
	/* Three replies, of which one and a bit fit on the ring; then an event. */
	for (int i = 0; i < 3; i++) {
		put_bytes(1, &hdr, sizeof(hdr));
		put_bytes(1, "a", 2);
	}
	domains_event(1001);
	settle();
	store_write(&store, NULL, &root, "/local/domain/1/b", "", 0);
	do {
		/* Successor after successor, each in the midst of a message. */
		succeed();
		domains_event(1001);
		settle();
		n = get_bytes(1, all + len, 333);
		len += n;
	} while (n);
	ck_assert_uint_eq(len, 3 * (sizeof(hdr) + sizeof(value)) + sizeof(hdr) + sizeof("b\0token"));
	for (size_t i = 0; i < 3; i++) {
		memcpy(&hdr, all + i * (sizeof(hdr) + sizeof(value)), sizeof(hdr));
		ck_assert_uint_eq(hdr.type, XS_READ);
		ck_assert_uint_eq(hdr.len, sizeof(value));
	}
	ck_assert_mem_eq(all + len - 8, "b\0token", 8);
}
END_TEST

START_TEST(a_transaction_goes_on_and_commits)
{
	uint32_t txn, second;

	WRITE(1, 0,
	      "old\0"
	      "1");
	WRITE(1, 0,
	      "gone\0"
	      "1");
	CALL(1, XS_WATCH, 0, "new\0token");
	get_message(1);
	txn = begin_txn(1);
	ck_assert_int_eq(CALL(1, XS_READ, txn, "old"), XS_READ);
	ck_assert_int_eq(WRITE(1, txn,
			       "old\0"
			       "2"),
			 XS_WRITE);
	ck_assert_int_eq(WRITE(1, txn,
			       "new/below\0"
			       "3"),
			 XS_WRITE);
	ck_assert_int_eq(CALL(1, XS_RM, txn, "gone"), XS_RM);
	succeed();
	/* Nothing shows outside, all does inside. */
	expect_value("/local/domain/1/old", "1");
	ck_assert_int_eq(CALL(1, XS_READ, txn, "old"), XS_READ);
	ck_assert_str_eq(answer, "2");
	ck_assert_int_eq(CALL(1, XS_READ, txn, "gone"), XS_ERROR);
	/* Changes elsewhere are merged. */
	store_write(&store, NULL, &root, "/elsewhere", "x", 1);
	second = begin_txn(1);
	ck_assert_uint_ne(second, txn);
	/* The event of the commit, then the answer to it. */
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "T"), XS_WATCH_EVENT);
	ck_assert_str_eq(answer, "new/below");
	ck_assert_int_eq(get_message(1), XS_TRANSACTION_END);
	expect_value("/local/domain/1/old", "2");
	expect_value("/local/domain/1/new/below", "3");
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/gone"));
	ck_assert_int_eq(get_message(1), -1);
	ck_assert_int_gt(store_check(&store), 0);
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, second, "F"), XS_TRANSACTION_END);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
}
END_TEST

/* A transaction of domain 1 that read one node and writes another. */
static uint32_t reader_of(const char *path)
{
	uint32_t txn = begin_txn(1);

	ck_assert_int_eq(call(1, XS_READ, txn, path, strlen(path) + 1), XS_READ);
	ck_assert_int_eq(WRITE(1, txn, "result\0x"), XS_WRITE);
	return txn;
}

START_TEST(a_conflict_before_is_one_after)
{
	uint32_t txn;

	WRITE(1, 0,
	      "seen\0"
	      "1");
	txn = reader_of("seen");
	store_write(&store, NULL, &root, "/local/domain/1/seen", "2", 1);
	succeed();
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "T"), XS_ERROR);
	ck_assert_str_eq(answer, "EAGAIN");
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/result"));
}
END_TEST

START_TEST(what_was_read_before_conflicts_after)
{
	uint32_t txn;

	WRITE(1, 0,
	      "seen\0"
	      "1");
	txn = reader_of("seen");
	succeed();
	store_write(&store, NULL, &root, "/local/domain/1/seen", "2", 1);
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "T"), XS_ERROR);
	ck_assert_str_eq(answer, "EAGAIN");
}
END_TEST

START_TEST(what_was_found_missing_conflicts_after)
{
	uint32_t txn = begin_txn(1);

	ck_assert_int_eq(CALL(1, XS_READ, txn, "absent"), XS_ERROR);
	ck_assert_int_eq(WRITE(1, txn, "result\0x"), XS_WRITE);
	succeed();
	store_write(&store, NULL, &root, "/local/domain/1/absent", "2", 1);
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "T"), XS_ERROR);
	ck_assert_str_eq(answer, "EAGAIN");
}
END_TEST

START_TEST(targets_limits_and_broken_rings)
{
	domains_set_target(1, 2);
	account_set_limit("nodes", 5, 777);
	pages[3].req_prod = pages[3].req_cons + 5000;
	domains_event(1003);
	settle();
	ck_assert_uint_eq(pages[3].error, XENSTORE_ERROR_RINGIDX);
	save();
	account_set_limit("nodes", 5, 1000);
	machine_end();
	machine_start();
	ck_assert_int_eq(restore(), 0);
	ck_assert_uint_eq(account_limit(QUOTA_NODES), 777);
	account_set_limit("nodes", 5, 1000);
	ck_assert_int_eq(WRITE(1, 0, "/local/domain/2/a\0x"), XS_WRITE);
	/* Still mute, until it asks for a fresh start. */
	conn_reap();
	domains_event(1003);
	pages[3].connection = XENSTORE_RECONNECT;
	domains_event(1003);
	ck_assert_uint_eq(pages[3].connection, XENSTORE_CONNECTED);
	ck_assert_int_eq(CALL(3, XS_MKDIR, 0, "x"), XS_MKDIR);
}
END_TEST

START_TEST(a_domain_that_went_meanwhile_is_left_out)
{
	CALL(1, XS_WATCH, 0, "a\0token");
	get_message(1);
	begin_txn(1);
	save();
	machine_end();
	gone = 1;
	machine_start();
	ck_assert_int_eq(restore(), 0);
	ck_assert(!domains_introduced(1));
	ck_assert(domains_introduced(2));
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
}
END_TEST

START_TEST(damaged_states_are_refused_or_survived)
{
	struct bytes good = { 0 };
	unsigned int seed = 5;
	uint32_t txn;

	WRITE(1, 0, "a/b\0value");
	CALL(1, XS_WATCH, 0, "a\0token");
	get_message(1);
	txn = begin_txn(1);
	WRITE(1, txn, "a/c\0value");
	CALL(1, XS_RM, txn, "a/b");
	put_bytes(2, "half", 4);
	domains_event(1002);
	save();
	bytes_append(&good, saved.data, saved.len);
	for (int round = 0; round < 1000; round++) {
		machine_end();
		machine_start();
		memcpy(saved.data, good.data, good.len);
		for (int i = 0; i < 2; i++) {
			seed = seed * 1103515245 + 12345;
			saved.data[(seed >> 8) % good.len] = (char)(seed >> 24);
		}
		restore();
		settle();
		ck_assert_int_ge(tree_check(store.root), 1);
		for (int i = 0; i < QUOTA_COUNT; i++)
			account_set_limit(account_quota_name(i), strlen(account_quota_name(i)),
					  1000000);
	}
	memcpy(saved.data, good.data, good.len);
	machine_end();
	machine_start();
	ck_assert_int_eq(restore(), 0);
	bytes_free(&good);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("state");

	tcase_add_checked_fixture(tcase, machine_setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, nodes_permissions_and_accounts);
	TAP_ADD(tcase, watches_relative_absolute_and_special);
	TAP_ADD(tcase, half_a_request_is_completed);
	TAP_ADD(tcase, what_waits_to_be_taken_goes_on_where_it_was);
	TAP_ADD(tcase, a_transaction_goes_on_and_commits);
	TAP_ADD(tcase, a_conflict_before_is_one_after);
	TAP_ADD(tcase, what_was_read_before_conflicts_after);
	TAP_ADD(tcase, what_was_found_missing_conflicts_after);
	TAP_ADD(tcase, targets_limits_and_broken_rings);
	TAP_ADD(tcase, a_domain_that_went_meanwhile_is_left_out);
	TAP_ADD(tcase, damaged_states_are_refused_or_survived);
	return tap_run_case("state", tcase);
}
