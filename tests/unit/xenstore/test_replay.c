/* SPDX-License-Identifier: MIT */
/*
 * A daemon that ends at any moment, and what its successor makes of the
 * journal: nothing is lost, and nothing is done or sent twice.
 */
#include "daemon/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/conn.h"
#include "daemon/domains.h"
#include "daemon/ghost.h"
#include "daemon/ops.h"
#include "daemon/record.h"
#include "daemon/recording.h"
#include "machine.h"
#include "tap.h"

static struct journal journal;

static void setup(void)
{
	machine_setup();
	ck_assert_int_eq(journal_open(&journal, journal_file()), 0);
	recording_start(&journal, &store);
}

static void teardown(void)
{
	record_to(NULL);
	machine_end();
	close(journal.fd);
}

/* The end of one process, in the middle of anything, and another's beginning. */
static void crash(void)
{
	int fd = journal.fd;

	record_to(NULL);
	machine_end();
	machine_start();
	ck_assert_int_eq(journal_open(&journal, fd), 0);
	ck_assert_int_eq(replay_journal(&journal, &machine_hv, &store), 0);
	recording_start(&journal, &store);
	domains_service_all();
	settle();
}

/* What was done without a request counts once anything is sent. */
static void acknowledge(void)
{
	settle();
	record_commit();
}

START_TEST(acknowledged_changes_are_there)
{
	long nodes;

	ck_assert_int_eq(WRITE(1, 0, "a/b\0one"), XS_WRITE);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "dir"), XS_MKDIR);
	ck_assert_int_eq(CALL(1, XS_SET_PERMS, 0, "dir\0n1\0r2"), XS_SET_PERMS);
	ck_assert_int_eq(WRITE(1, 0, "gone\0x"), XS_WRITE);
	ck_assert_int_eq(CALL(1, XS_RM, 0, "gone"), XS_RM);
	nodes = store_check(&store);
	for (int i = 0; i < 3; i++) {
		crash();
		ck_assert_int_eq(store_check(&store), nodes);
		expect_value("/local/domain/1/a/b", "one");
		ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/gone"));
		ck_assert_uint_eq(tree_find(store.root, "/local/domain/1/dir")->perms->count, 2);
	}
	ck_assert_int_eq(get_message(1), -1);
}
END_TEST

START_TEST(watches_and_what_they_told)
{
	CALL(1, XS_WATCH, 0, "a\0token");
	get_message(1);
	CALL(2, XS_WATCH, 0, "a\0other");
	get_message(2);
	CALL(2, XS_UNWATCH, 0, "a\0other");
	crash();
	/* No event of the registration, which it had already. */
	ck_assert_int_eq(get_message(1), -1);
	ck_assert_int_eq(WRITE(1, 0, "a\0v"), XS_WATCH_EVENT);
	ck_assert_mem_eq(answer, "a\0token", 8);
	ck_assert_int_eq(get_message(1), XS_WRITE);
	ck_assert_uint_eq(account_of(2)->used[QUOTA_WATCHES], 0);
	/* What waits is told once. */
	pages[1].rsp_prod += XENSTORE_RING_SIZE;
	store_write(&store, NULL, &root, "/local/domain/1/a", "", 0);
	acknowledge();
	pages[1].rsp_prod -= XENSTORE_RING_SIZE;
	crash();
	ck_assert_int_eq(get_message(1), XS_WATCH_EVENT);
	ck_assert_int_eq(get_message(1), -1);
}
END_TEST

/* The writer ended after a step was recorded and before it was visible. */
START_TEST(indices_that_were_not_moved_yet)
{
	uint32_t cons, prod;

	WRITE(1, 0,
	      "n\0"
	      "1");
	CALL(1, XS_WATCH, 0, "n\0token");
	get_message(1);
	cons = pages[1].req_cons;
	prod = pages[1].rsp_prod;
	ck_assert_int_eq(CALL(1, XS_RM, 0, "n"), XS_WATCH_EVENT);
	ck_assert_int_eq(get_message(1), XS_RM);
	/* As if neither the request had been seen to be taken nor the reply shown. */
	pages[1].req_cons = cons;
	pages[1].rsp_prod = prod;
	pages[1].rsp_cons = prod;
	crash();
	ck_assert_uint_eq(pages[1].req_cons, pages[1].req_prod);
	/* Removed once: a second time would be told, or refused. */
	ck_assert_int_eq(get_message(1), XS_WATCH_EVENT);
	ck_assert_int_eq(get_message(1), XS_RM);
	ck_assert_int_eq(get_message(1), -1);
}
END_TEST

START_TEST(a_request_in_pieces)
{
	struct xsd_sockmsg hdr = { .type = XS_WRITE, .len = 8 };
	char message[sizeof(hdr) + 8];

	memcpy(message, &hdr, sizeof(hdr));
	memcpy(message + sizeof(hdr), "a\0value!", 8);
	for (size_t cut = 1; cut < sizeof(message); cut++) {
		put_bytes(1, message, cut);
		domains_event(1001);
		crash();
		ck_assert_int_eq(get_message(1), -1);
		put_bytes(1, message + cut, sizeof(message) - cut);
		domains_event(1001);
		settle();
		ck_assert_int_eq(get_message(1), XS_WRITE);
		ck_assert_int_eq(get_message(1), -1);
	}
}
END_TEST

START_TEST(a_reply_in_pieces)
{
	static char value[900], all[4000];
	struct xsd_sockmsg hdr = { .type = XS_READ, .len = 2 };
	size_t len = 0, n;

	memset(value, 'v', sizeof(value));
	memcpy(value, "a\0", 2);
	call(1, XS_WRITE, 0, value, 900);
	for (int i = 0; i < 3; i++) {
		put_bytes(1, &hdr, sizeof(hdr));
		put_bytes(1, "a", 2);
	}
	domains_event(1001);
	settle();
	do {
		crash();
		n = get_bytes(1, all + len, 333);
		len += n;
		domains_event(1001);
		settle();
	} while (n);
	ck_assert_uint_eq(len, 3 * (sizeof(hdr) + 898));
	for (size_t i = 0; i < 3; i++) {
		memcpy(&hdr, all + i * (sizeof(hdr) + 898), sizeof(hdr));
		ck_assert_uint_eq(hdr.type, XS_READ);
		ck_assert_uint_eq(hdr.len, 898);
	}
}
END_TEST

START_TEST(a_transaction_over_crashes)
{
	uint32_t txn, other;

	WRITE(1, 0,
	      "seen\0"
	      "1");
	crash();
	txn = begin_txn(1);
	crash();
	ck_assert_int_eq(CALL(1, XS_READ, txn, "seen"), XS_READ);
	crash();
	ck_assert_int_eq(WRITE(1, txn, "result\0x"), XS_WRITE);
	crash();
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/1/result"));
	ck_assert_int_eq(CALL(1, XS_READ, txn, "result"), XS_READ);
	other = begin_txn(1);
	ck_assert_uint_ne(other, txn);
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "T"), XS_TRANSACTION_END);
	crash();
	expect_value("/local/domain/1/result", "x");
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "T"), XS_ERROR);
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, other, "F"), XS_TRANSACTION_END);
	ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
}
END_TEST

START_TEST(a_conflict_over_a_crash)
{
	uint32_t txn;

	WRITE(1, 0,
	      "seen\0"
	      "1");
	txn = begin_txn(1);
	ck_assert_int_eq(CALL(1, XS_READ, txn, "absent"), XS_ERROR);
	ck_assert_int_eq(WRITE(1, txn, "result\0x"), XS_WRITE);
	ck_assert_int_eq(WRITE(1, 0, "absent\0now"), XS_WRITE);
	crash();
	ck_assert_int_eq(CALL(1, XS_TRANSACTION_END, txn, "T"), XS_ERROR);
	ck_assert_str_eq(answer, "EAGAIN");
	crash();
	ck_assert_uint_eq(account_of(1)->used[QUOTA_TRANSACTIONS], 0);
}
END_TEST

START_TEST(domains_come_and_go)
{
	CALL(1, XS_WATCH, 0, "a\0token");
	domains_set_target(2, 3);
	ck_assert_int_eq(domains_release(1), 0);
	acknowledge();
	crash();
	ck_assert(!domains_introduced(1));
	ck_assert(domains_introduced(2));
	ck_assert_int_eq(WRITE(2, 0, "/local/domain/3/x\0y"), XS_WRITE);
	memset(&pages[1], 0, sizeof(pages[1]));
	ck_assert_int_eq(domains_introduce(1, 101, 8), 0);
	acknowledge();
	crash();
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "x"), XS_MKDIR);
	/* Dead before the daemon was. */
	gone = 3;
	domains_check();
	acknowledge();
	crash();
	ck_assert(!domains_introduced(3));
	ck_assert_ptr_null(tree_find(store.root, "/local/domain/3"));
	ck_assert_int_eq(WRITE(2, 0, "/local/domain/3/x\0y"), XS_ERROR);
	/* Dead while there was none. */
	gone = 2;
	crash();
	ck_assert(!domains_introduced(2));
}
END_TEST

START_TEST(a_reset_and_a_broken_ring)
{
	CALL(1, XS_WATCH, 0, "a\0token");
	get_message(1);
	pages[1].connection = XENSTORE_RECONNECT;
	domains_event(1001);
	crash();
	ck_assert_uint_eq(account_of(1)->used[QUOTA_WATCHES], 0);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "x"), XS_MKDIR);
	pages[1].req_prod += 5000;
	domains_event(1001);
	settle();
	ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_RINGIDX);
	crash();
	ck_assert(domains_introduced(1));
	pages[1].connection = XENSTORE_RECONNECT;
	domains_event(1001);
	ck_assert_uint_eq(pages[1].connection, XENSTORE_CONNECTED);
	ck_assert_int_eq(CALL(1, XS_MKDIR, 0, "x"), XS_MKDIR);
}
END_TEST

/* A local client's request, without a socket. */
static void local_request(struct conn *conn, uint32_t type, uint32_t txn, const char *payload,
			  size_t len)
{
	struct conn_request request = {
		.hdr = { .type = type, .tx_id = txn, .len = (uint32_t)len },
		.payload = payload,
	};

	ops_handle(conn, &request);
}

START_TEST(local_clients_lose_their_transactions_and_nothing_else)
{
	struct conn *conn = ghost_new(&store, CONN_FIRST_LOCAL + 7);

	local_request(conn, XS_WRITE, 0, "/l\0one", 6);
	local_request(conn, XS_TRANSACTION_START, 0, "", 1);
	local_request(conn, XS_WRITE, 1, "/t\0two", 6);
	local_request(conn, XS_TRANSACTION_END, 1, "T", 2);
	local_request(conn, XS_TRANSACTION_START, 0, "", 1);
	local_request(conn, XS_WRITE, 2, "/never\0x", 8);
	local_request(conn, XS_WATCH, 0, "/l\0token", 9);
	local_request(conn, XS_WRITE, 3, "/no\0x", 5);
	record_commit();
	record_to(NULL);
	ghost_end_all();
	crash();
	expect_value("/l", "one");
	expect_value("/t", "two");
	ck_assert_ptr_null(tree_find(store.root, "/never"));
	ck_assert_ptr_null(tree_find(store.root, "/no"));
	ck_assert_uint_eq(account_of(0)->used[QUOTA_TRANSACTIONS], 0);
	ck_assert_uint_eq(account_of(0)->used[QUOTA_WATCHES], 0);
	ck_assert_int_gt(store_check(&store), 0);
}
END_TEST

/* Answers that a request got are not taken for those to another one. */
START_TEST(what_the_hypervisor_said_to_whom)
{
	struct conn *conn = ghost_new(&store, CONN_FIRST_LOCAL + 7);
	const struct node *node;

	local_request(conn, XS_WRITE, 0, "/l\0one", 6);
	local_request(conn, XS_INTRODUCE, 0,
		      "9\0"
		      "109\0"
		      "16",
		      9);
	local_request(conn, XS_RELEASE, 0, "3", 2);
	local_request(conn, XS_SET_PERMS, 0, "/l\0n0\0r8\0r3", 12);
	record_commit();
	record_to(NULL);
	ghost_end_all();
	crash();
	node = tree_find(store.root, "/l");
	ck_assert_uint_eq(node->perms->count, 3);
	ck_assert_int_eq(node->perms->perms[1].access, PERM_READ | PERM_IGNORE);
	ck_assert_int_eq(node->perms->perms[2].access, PERM_READ);
}
END_TEST

START_TEST(a_journal_without_memory_is_void)
{
	struct journal_content content;

	close(journal.fd);
	journal_open(&journal, memfd_create("small", MFD_ALLOW_SEALING));
	recording_start(&journal, &store);
	ck_assert(record_on());
	ck_assert_int_eq(WRITE(1, 0, "a\0one"), XS_WRITE);
	/* The next snapshot does not fit. */
	ck_assert_int_eq(fcntl(journal.fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	recording_start(&journal, &store);
	ck_assert(!record_on());
	ck_assert_int_eq(WRITE(1, 0, "a\0two"), XS_WRITE);
	ck_assert(journal_is_void(&journal));
	ck_assert_int_eq(journal_load(&journal, &content), -ENODATA);
}
END_TEST

START_TEST(watchers_hear_of_who_went_meanwhile)
{
	struct conn *conn;

	gone = 2;
	crash();
	conn = ghost_new(&store, CONN_FIRST_LOCAL + 7);
	local_request(conn, XS_WATCH, 0, "@releaseDomain\0token", 21);
	conn_output_sent(conn, conn->out_bytes);
	domains_check();
	ck_assert_uint_gt(conn->out_bytes, 0);
	conn_output_sent(conn, conn->out_bytes);
	domains_check();
	ck_assert_uint_eq(conn->out_bytes, 0);
	ghost_end_all();
}
END_TEST

START_TEST(one_who_ends_the_daemon_again_and_again)
{
	for (int i = 0; i < 3; i++) {
		journal_set_busy(&journal, 1 + 1);
		crash();
	}
	ck_assert_uint_eq(pages[1].error, XENSTORE_ERROR_COMM);
	ck_assert_int_eq(CALL(2, XS_MKDIR, 0, "x"), XS_MKDIR);
}
END_TEST

START_TEST(many_requests_over_many_crashes)
{
	char payload[64], value[16];
	unsigned int seed = 1;

	CALL(1, XS_WATCH, 0, "n\0token");
	get_message(1);
	for (int i = 1; i <= 300; i++) {
		size_t len = (size_t)snprintf(payload, sizeof(payload), "n%c%d", 0, i);

		ck_assert_int_eq(call(1, XS_WRITE, 0, payload, len), XS_WATCH_EVENT);
		ck_assert_int_eq(get_message(1), XS_WRITE);
		seed = seed * 1103515245 + 12345;
		if ((seed >> 16) % 4 == 0)
			crash();
		ck_assert_int_eq(get_message(1), -1);
		snprintf(value, sizeof(value), "%d", i);
		expect_value("/local/domain/1/n", value);
	}
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("replay");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, acknowledged_changes_are_there);
	TAP_ADD(tcase, watches_and_what_they_told);
	TAP_ADD(tcase, indices_that_were_not_moved_yet);
	TAP_ADD(tcase, a_request_in_pieces);
	TAP_ADD(tcase, a_reply_in_pieces);
	TAP_ADD(tcase, a_transaction_over_crashes);
	TAP_ADD(tcase, a_conflict_over_a_crash);
	TAP_ADD(tcase, domains_come_and_go);
	TAP_ADD(tcase, a_reset_and_a_broken_ring);
	TAP_ADD(tcase, local_clients_lose_their_transactions_and_nothing_else);
	TAP_ADD(tcase, what_the_hypervisor_said_to_whom);
	TAP_ADD(tcase, a_journal_without_memory_is_void);
	TAP_ADD(tcase, watchers_hear_of_who_went_meanwhile);
	TAP_ADD(tcase, one_who_ends_the_daemon_again_and_again);
	TAP_ADD(tcase, many_requests_over_many_crashes);
	return tap_run_case("replay", tcase);
}
