/* SPDX-License-Identifier: MIT */
/*
 * Quotas: who is limited by what, how limits are set and shown, who is told, and
 * that all of it outlives the daemon.
 */
#include "daemon/quota_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/conn.h"
#include "daemon/domains.h"
#include "daemon/features.h"
#include "daemon/ops.h"
#include "daemon/record.h"
#include "daemon/recording.h"
#include "daemon/replay.h"
#include "daemon/restore.h"
#include "daemon/save.h"
#include "bytes.h"
#include "machine.h"
#include "tap.h"

static struct bytes saved;

/* What was told of quotas, as "!5:nodes " (refused) and "~5:nodes " (warned). */
static char heard[1024];

static void hear(char mark, uint16_t domid, enum account_quota quota)
{
	size_t at = strlen(heard);

	snprintf(heard + at, sizeof(heard) - at, "%c%u:%s ", mark, domid, account_quota_name(quota));
}

static void hear_refusal(uint16_t domid, enum account_quota quota)
{
	hear('!', domid, quota);
}

static void hear_warning(uint16_t domid, enum account_quota quota)
{
	hear('~', domid, quota);
}

/* A local client, whose answers are kept. */
static struct conn tool;
static char reply[XENSTORE_PAYLOAD_MAX + 1];

static void keep(struct conn *conn)
{
	char message[WIRE_MAX + 1];
	struct iovec iov[8];
	size_t n, len = 0;

	while ((n = conn_output(conn, iov, 8))) {
		for (size_t i = 0; i < n; i++) {
			memcpy(message + len, iov[i].iov_base, iov[i].iov_len);
			len += iov[i].iov_len;
		}
		conn_output_sent(conn, len);
	}
	memcpy(reply, message + WIRE_HDR, len - WIRE_HDR);
	reply[len - WIRE_HDR] = '\0';
}

static void leave(struct conn *conn)
{
	(void)conn;
}

static const struct conn_transport transport = { .flush = keep, .free = leave };

static void open_tool(void)
{
	ck_assert_int_eq(conn_init(&tool, &transport, &store, 0, true, WIRE_MAX), 0);
	conn_number_local(&tool);
}

/* A request of the tool; its answer is in @reply. */
static const char *ask(uint32_t type, const char *payload, size_t len)
{
	struct conn_request request = { .hdr = { .type = type, .len = (uint32_t)len },
					.payload = payload };

	ops_handle(&tool, &request);
	conn_reap();
	return reply;
}

#define ASK(type, text) ask(type, text, sizeof(text))

static void default_limits(void)
{
	static const uint32_t defaults[QUOTA_COUNT] = { 1000, 128,  10, 20,
							1024, 2048, 5,	2560 * 1024 };

	for (int i = 0; i < QUOTA_COUNT; i++)
		account_limit_all(i, defaults[i]);
	for (uint16_t i = 0; i < GUESTS; i++) {
		account_forget(i);
		features_forget(i);
	}
}

static void setup(void)
{
	machine_setup();
	default_limits();
	account_on_refusal(hear_refusal);
	account_on_warning(hear_warning);
	heard[0] = '\0';
	open_tool();
}

static void teardown(void)
{
	conn_fini(&tool);
	machine_end();
	for (int i = 0; i < QUOTA_COUNT; i++)
		ck_assert_uint_eq(account_of(1)->used[i], 0);
	bytes_free(&saved);
}

static void expect(const char *what)
{
	ck_assert_str_eq(heard, what);
	heard[0] = '\0';
}

/* Makes nodes until it is refused; how many there are. */
static int fill(uint16_t domid)
{
	char path[16];
	int n = 0;

	do
		snprintf(path, sizeof(path), "n%d", n++);
	while (n < 3000 && call(domid, XS_MKDIR, 0, path, strlen(path) + 1) == XS_MKDIR);
	return n - 1;
}

START_TEST(a_domain_has_limits_of_its_own)
{
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "1\0nodes\0005"), "OK");
	ck_assert_int_eq(fill(1), 4);
	ck_assert_str_eq(answer, "ENOSPC");
	expect("~1:nodes !1:nodes ");
	ck_assert_int_eq(fill(2), 999);
	/* Live, and without any limit at all. */
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "1\0nodes\0007"), "OK");
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "more"), XS_MKDIR);
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "1\0nodes\0000"), "OK");
	ck_assert_int_eq(fill(1), 3000 - 1);
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "1\0nodes"), "0");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "2\0nodes"), "1000");
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

START_TEST(a_global_limit_is_in_force_at_once)
{
	fill(1);
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "nodes\0001100"), "OK");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "nodes"), "1100");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "1\0nodes"), "1100");
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "more"), XS_MKDIR);
	/* Below what is in use: that stays, and shrinks as it may. */
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "nodes\00010"), "OK");
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "evenmore"), XS_ERROR);
	ck_assert_int_eq(WRITE(1, 0, "more\0value"), XS_WRITE);
	ck_assert_int_eq(CALL(1, XS_RM, 0, "more"), XS_RM);
}
END_TEST

START_TEST(requests_for_quotas_are_checked)
{
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, ""),
			 "nodes watches transactions outstanding transaction-nodes node-size "
			 "permissions memory");
	ck_assert_str_eq(ask(WIRE_GET_QUOTA, "", 0), reply);
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "node"), "EINVAL");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "1\0nodes\0x"), "EINVAL");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "9\0nodes"), "ENOENT");
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "9\0nodes\0001"), "ENOENT");
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "x\0nodes\0001"), "EINVAL");
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "nodes\0-1"), "EINVAL");
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "nodes\0004294967296"), "EINVAL");
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "nodes"), "EINVAL");
	ck_assert_str_eq(ask(WIRE_SET_QUOTA, "nodes\0001", 7), "EINVAL");
	ck_assert_int_eq(CALL(1, WIRE_GET_QUOTA, 0, "nodes"), XS_ERROR);
	ck_assert_str_eq(answer, "EACCES");
	CALL(1, WIRE_SET_QUOTA, 0, "nodes\0005000");
	ck_assert_str_eq(answer, "EACCES");
	ck_assert_uint_eq(account_limit(QUOTA_NODES), 1000);
}
END_TEST

START_TEST(a_warning_comes_once)
{
	char path[16];

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) {
			snprintf(path, sizeof(path), "w%d", i);
			call(1, XS_WATCH, 0, path, strlen(path) + 1);
			/* No token: refused, and nothing is counted. */
			ck_assert_str_eq(answer, "EINVAL");
			snprintf(path, sizeof(path), "w%d%ct", i, 0);
			call(1, XS_WATCH, 0, path, strlen(path) + 3);
			get_message(1);
		}
		CALL(1, XS_RESET_WATCHES, 0, "");
	}
	expect("");
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "watches\00050"), "OK");
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 45; i++) {
			snprintf(path, sizeof(path), "w%d%ct", i, 0);
			call(1, XS_WATCH, 0, path, strlen(path) + 3);
			get_message(1);
		}
		CALL(1, XS_RESET_WATCHES, 0, "");
	}
	expect("~1:watches ");
	ck_assert_uint_eq(account_of(1)->peak[QUOTA_WATCHES], 100);
}
END_TEST

/* Takes all that waits, whatever it is. */
static void drain(uint16_t domid)
{
	char bytes[256];

	do {
		domains_event(1000u + domid);
		settle();
	} while (get_bytes(domid, bytes, sizeof(bytes)));
}

START_TEST(memory_is_of_everything)
{
	static char big[900] = "v";
	uint32_t before = account_of(1)->used[QUOTA_MEMORY], txn, with_node, waiting;
	char path[32];

	call(1, XS_WRITE, 0, big, sizeof(big));
	with_node = account_of(1)->used[QUOTA_MEMORY];
	ck_assert_uint_ge(with_node, before + 890);
	CALL(1, XS_WATCH, 0, "some/path\0token");
	get_message(1);
	ck_assert_uint_gt(account_of(1)->used[QUOTA_MEMORY], with_node);
	txn = begin_txn(1);
	call(1, XS_WRITE, txn, big, sizeof(big));
	ck_assert_uint_ge(account_of(1)->used[QUOTA_MEMORY], with_node + 1800);
	CALL(1, XS_TRANSACTION_END, txn, "F");
	CALL(1, XS_UNWATCH, 0, "some/path\0token");
	ck_assert_uint_eq(account_of(1)->used[QUOTA_MEMORY], with_node);
	/* Replies and events that wait; then they are taken. */
	CALL(1, XS_WATCH, 0, "v\0token");
	get_message(1);
	for (int i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "/local/domain/1/v/%d", i);
		store_write(&store, NULL, &root, path, "x", 1);
		conn_reap();
	}
	waiting = account_of(1)->used[QUOTA_MEMORY];
	drain(1);
	/* Some of the events were in the ring; of others a header and more waited. */
	ck_assert_uint_gt(waiting, account_of(1)->used[QUOTA_MEMORY] + 100 * 25);
	CALL(1, XS_RM, 0, "v");
	drain(1);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_OUTSTANDING], 0);
	CALL(1, XS_UNWATCH, 0, "v\0token");
	ck_assert_uint_eq(account_of(1)->used[QUOTA_MEMORY], before);
}
END_TEST

START_TEST(memory_refuses_as_the_peer_does)
{
	static char big[900] = "v";
	static char more[900] = "w";
	uint32_t txn;

	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "1\0memory\0001500"), "OK");
	ck_assert_int_eq(call(1, XS_WRITE, 0, big, sizeof(big)), XS_WRITE);
	call(1, XS_WRITE, 0, more, sizeof(more));
	ck_assert_str_eq(answer, "EIO");
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "1\0memory\000950"), "OK");
	CALL(1, XS_WATCH, 0, "v\0token");
	ck_assert_str_eq(answer, "ENOMEM");
	/* Reading goes on, and so does giving back. */
	ck_assert_int_eq(CALL(1, XS_READ, 0, "v"), XS_READ);
	ck_assert_int_eq(WRITE(1, 0, "v\0small"), XS_WRITE);
	ck_assert_int_eq(CALL(1, XS_RM, 0, "v"), XS_RM);
	/* A transaction that was refused something does not commit half. */
	txn = begin_txn(1);
	ck_assert_int_eq(call(1, XS_WRITE, txn, big, sizeof(big)), XS_ERROR);
	CALL(1, XS_MKDIR, txn, "x");
	CALL(1, XS_TRANSACTION_END, txn, "T");
	ck_assert_str_eq(answer, "ENOMEM");
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/x"));
}
END_TEST

START_TEST(one_node_changed_for_ever_in_a_transaction_is_refused)
{
	static char big[1000] = "v";
	uint32_t txn = begin_txn(1);
	int n = 0;

	while (n < 100000 && call(1, XS_WRITE, txn, big, sizeof(big)) == XS_WRITE)
		n++;
	ck_assert_str_eq(answer, "EIO");
	ck_assert_int_gt(n, 100);
	ck_assert_int_lt(n, 3000);
	CALL(1, XS_TRANSACTION_END, txn, "F");
}
END_TEST

START_TEST(features_are_offered_before_a_domain_is_introduced)
{
	ck_assert_str_eq(ASK(WIRE_GET_FEATURE, "1"), ASK(WIRE_GET_FEATURE, ""));
	CALL(1, WIRE_GET_FEATURE, 0, "");
	ck_assert_str_eq(answer, reply);
	CALL(1, WIRE_GET_FEATURE, 0, "2");
	ck_assert_str_eq(answer, "EACCES");
	ck_assert_str_eq(ASK(WIRE_SET_FEATURE, "1\0001"), "EBUSY");
	domains_release(1);
	conn_reap();
	ck_assert_str_eq(ASK(WIRE_SET_FEATURE, "1\0001048576"), "EINVAL");
	ck_assert_str_eq(ASK(WIRE_SET_FEATURE, "9\0001"), "ENOENT");
	ck_assert_str_eq(ASK(WIRE_SET_FEATURE, "1\0001"), "OK");
	ck_assert_str_eq(ASK(WIRE_GET_FEATURE, "1"), "1");
	ck_assert_int_eq(domains_introduce(1, 101, 8), 0);
	ck_assert_uint_eq(pages[1].server_features, 1);
	ck_assert_uint_eq(pages[2].server_features, features_all());
}
END_TEST

static void expect_settings(void)
{
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "1\0nodes"), "5");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "2\0nodes"), "77");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "1\0memory"), "123456");
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "2\0memory"), "2621440");
	ck_assert_str_eq(ASK(WIRE_GET_FEATURE, "1"), "1");
	ck_assert_uint_eq(pages[1].server_features, 1);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "n9"), XS_ERROR);
	ck_assert_str_eq(answer, "ENOSPC");
}

static void make_settings(void)
{
	ASK(WIRE_SET_QUOTA, "1\0nodes\0005");
	ASK(WIRE_SET_QUOTA, "1\0memory\000123456");
	ASK(WIRE_SET_QUOTA, "nodes\00077");
	domains_release(1);
	conn_reap();
	ASK(WIRE_SET_FEATURE, "1\0001");
	memset(&pages[1], 0, sizeof(pages[1]));
	domains_introduce(1, 101, 8);
	fill(1);
}

START_TEST(settings_survive_a_live_update)
{
	uint32_t used[QUOTA_COUNT];
	int listener;

	make_settings();
	CALL(1, XS_WATCH, 0, "some/path\0token");
	get_message(1);
	begin_txn(1);
	memcpy(used, account_of(1)->used, sizeof(used));
	/* More is in use than would be allowed now. */
	ASK(WIRE_SET_QUOTA, "watches\0001");
	CALL(2, XS_WATCH, 0, "a\0token");
	CALL(2, XS_WATCH, 0, "b\0token");
	conn_fini(&tool);
	ck_assert_int_eq(save_state(&store, bytes_append, &saved), 0);
	machine_end();
	default_limits();
	machine_start();
	heard[0] = '\0';
	ck_assert_int_eq(restore_state(&store, saved.data, saved.len, &listener, false), 0);
	open_tool();
	expect("");
	for (int i = 0; i < QUOTA_COUNT; i++)
		ck_assert_uint_eq(account_of(1)->used[i], used[i]);
	expect_settings();
	/* What was warned of once is not warned of again. */
	expect("!1:nodes ");
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

START_TEST(settings_survive_a_crash)
{
	static struct journal journal, again;
	int fd = journal_file();

	ck_assert_int_eq(journal_open(&journal, fd), 0);
	recording_start(&journal, &store);
	make_settings();
	record_commit();
	record_to(NULL);
	conn_fini(&tool);
	machine_end();
	default_limits();
	ck_assert_int_eq(store_init(&store), 0);
	ck_assert_int_eq(journal_open(&again, dup(fd)), 0);
	ck_assert_int_eq(replay_journal(&again, &machine_hv, &store), 0);
	open_tool();
	expect_settings();
	close(fd);
}
END_TEST

START_TEST(a_successor_has_no_settings_of_the_dead)
{
	make_settings();
	gone = 1;
	domains_check();
	conn_reap();
	gone = -1;
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "1\0nodes"), "77");
	ck_assert_str_eq(ASK(WIRE_GET_FEATURE, "1"), ASK(WIRE_GET_FEATURE, ""));
	ck_assert_uint_eq(account_of(1)->refusals[QUOTA_NODES], 0);
	for (int i = 0; i < QUOTA_COUNT; i++)
		ck_assert_uint_eq(account_of(1)->used[i], 0);
	/* One that was never introduced leaves nothing either. */
	ck_assert_str_eq(ASK(WIRE_SET_QUOTA, "1\0nodes\0005"), "OK");
	ck_assert_str_eq(ASK(WIRE_SET_FEATURE, "1\0002"), "OK");
	gone = 1;
	domains_check();
	gone = -1;
	ck_assert_str_eq(ASK(WIRE_GET_QUOTA, "1\0nodes"), "77");
	ck_assert_str_eq(ASK(WIRE_GET_FEATURE, "1"), ASK(WIRE_GET_FEATURE, ""));
}
END_TEST

START_TEST(what_a_transaction_was_refused_it_is_refused_after_a_crash)
{
	static struct journal journal, again;
	int fd = journal_file();
	uint32_t spoilt, kept;

	ck_assert_int_eq(journal_open(&journal, fd), 0);
	recording_start(&journal, &store);
	ASK(WIRE_SET_QUOTA, "1\0node-size\00050");
	ASK(WIRE_SET_QUOTA, "1\0nodes\0002");
	spoilt = begin_txn(1);
	ck_assert_int_eq(WRITE(1, spoilt, "large\0.................................................."),
			 XS_ERROR);
	kept = begin_txn(1);
	ck_assert_int_eq(WRITE(1, kept, "one\0x"), XS_WRITE);
	ck_assert_int_eq(WRITE(1, kept, "two\0x"), XS_ERROR);
	record_commit();
	record_to(NULL);
	conn_fini(&tool);
	machine_end();
	ck_assert_int_eq(store_init(&store), 0);
	ck_assert_int_eq(journal_open(&again, dup(fd)), 0);
	ck_assert_int_eq(replay_journal(&again, &machine_hv, &store), 0);
	open_tool();
	CALL(1, XS_TRANSACTION_END, spoilt, "T");
	ck_assert_str_eq(answer, "ENOMEM");
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, kept, "T"), XS_TRANSACTION_END);
	expect_value("/local/domain/1/one", "x");
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/two"));
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/large"));
	close(fd);
}
END_TEST

static int sum_nodes(uint16_t domid, const struct account *account, void *arg)
{
	uint32_t *nodes = arg;

	ck_assert_uint_lt(domid, GUESTS);
	nodes[domid] = account->used[QUOTA_NODES];
	return 0;
}

START_TEST(usage_of_all_domains_is_visible)
{
	uint32_t nodes[GUESTS] = { 0 };

	fill(2);
	CALL(1, XS_MKDIR, 0, "a/b");
	ck_assert_int_eq(account_each(sum_nodes, nodes), 0);
	/* The root, /local and /local/domain are dom0's. */
	ck_assert_uint_eq(nodes[0], 3);
	ck_assert_uint_eq(nodes[1], 3);
	ck_assert_uint_eq(nodes[2], 1000);
	ck_assert_uint_eq(nodes[3], 1);
}
END_TEST

START_TEST(the_log_is_not_flooded)
{
	uint32_t untold;

	ck_assert(quota_log_due(5, QUOTA_NODES, 100, &untold));
	ck_assert_uint_eq(untold, 0);
	for (int i = 0; i < 1000; i++)
		ck_assert(!quota_log_due(5, QUOTA_NODES, 159, &untold));
	ck_assert(quota_log_due(5, QUOTA_WATCHES, 159, &untold));
	ck_assert(quota_log_due(6, QUOTA_NODES, 159, &untold));
	ck_assert_uint_eq(untold, 0);
	ck_assert(quota_log_due(5, QUOTA_NODES, 160, &untold));
	ck_assert_uint_eq(untold, 1000);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("quota");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, a_domain_has_limits_of_its_own);
	TAP_ADD(tcase, a_global_limit_is_in_force_at_once);
	TAP_ADD(tcase, requests_for_quotas_are_checked);
	TAP_ADD(tcase, a_warning_comes_once);
	TAP_ADD(tcase, memory_is_of_everything);
	TAP_ADD(tcase, memory_refuses_as_the_peer_does);
	TAP_ADD(tcase, one_node_changed_for_ever_in_a_transaction_is_refused);
	TAP_ADD(tcase, features_are_offered_before_a_domain_is_introduced);
	TAP_ADD(tcase, settings_survive_a_live_update);
	TAP_ADD(tcase, settings_survive_a_crash);
	TAP_ADD(tcase, what_a_transaction_was_refused_it_is_refused_after_a_crash);
	TAP_ADD(tcase, a_successor_has_no_settings_of_the_dead);
	TAP_ADD(tcase, usage_of_all_domains_is_visible);
	TAP_ADD(tcase, the_log_is_not_flooded);
	return tap_run_case("quota", tcase);
}
