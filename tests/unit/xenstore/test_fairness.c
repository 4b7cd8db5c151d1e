/* SPDX-License-Identifier: MIT */
/*
 * Right of way: transactions commit although guests write in loops to what they
 * rely on; who is in nobody's way is not made to wait.
 */
#include "daemon/fairness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/domains.h"
#include "daemon/ops.h"
#include "machine.h"
#include "tap.h"

/* Far more tries than anybody has. */
#define TRIES 50

/* A local client, which counts its answers by whether they are errors. */
static struct conn tool;
static bool failed;
static uint32_t number;

static void take(struct conn *conn)
{
	struct xsd_sockmsg hdr;
	struct iovec iov;

	while (conn_output(conn, &iov, 1)) {
		memcpy(&hdr, iov.iov_base, sizeof(hdr));
		failed = hdr.type == XS_ERROR;
		if (hdr.type == XS_TRANSACTION_START)
			number = (uint32_t)strtoul((char *)iov.iov_base + sizeof(hdr), NULL, 10);
		conn_output_sent(conn, iov.iov_len);
	}
}

static void leave(struct conn *conn)
{
	(void)conn;
}

static const struct conn_transport transport = { .flush = take, .free = leave };

static bool ask(uint32_t type, uint32_t txn, const char *payload, size_t len)
{
	struct conn_request request = {
		.hdr = { .type = type, .tx_id = txn, .len = (uint32_t)len },
		.payload = payload,
	};

	ops_handle(&tool, &request);
	conn_reap();
	return !failed;
}

#define ASK(type, txn, text) ask(type, txn, text, sizeof(text))

static void setup(void)
{
	machine_setup();
	fairness_init(&store);
	ck_assert_int_eq(conn_init(&tool, &transport, &store, 0, true, WIRE_MAX), 0);
	conn_number_local(&tool);
	for (uint16_t i = 1; i < GUESTS; i++)
		ck_assert_int_eq(WRITE(i, 0, "x\0first"), XS_WRITE);
}

static void teardown(void)
{
	conn_fini(&tool);
	ck_assert(!fairness_any());
	machine_end();
}

/* Guests that asked for something and were not answered, by bits. */
static unsigned int unanswered;

/* Each guest that is not made to wait writes again. */
static void all_write(void)
{
	for (uint16_t i = 1; i < GUESTS; i++) {
		if (!(unanswered & 1u << i) && WRITE(i, 0, "x\0again") != XS_WRITE)
			unanswered |= 1u << i;
	}
}

static bool try_once(void (*meanwhile)(void))
{
	ck_assert(ASK(XS_TRANSACTION_START, 0, ""));
	for (int i = 1; i < GUESTS; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/local/domain/%d/x", i);
		ck_assert(ask(XS_READ, number, path, strlen(path) + 1));
	}
	meanwhile();
	ck_assert(ASK(XS_WRITE, number, "/result\0done"));
	return ASK(XS_TRANSACTION_END, number, "T");
}

static int tries_until_done(void (*meanwhile)(void))
{
	int n = 1;

	unanswered = 0;
	while (n < TRIES && !try_once(meanwhile))
		n++;
	return n;
}

START_TEST(writers_in_loops_starve_nobody)
{
	/* All guests are in the way once more when patience is at its end. */
	ck_assert_int_eq(tries_until_done(all_write), FAIRNESS_PATIENCE + 2);
	ck_assert_uint_eq(unanswered, 2 | 4 | 8);
	/* Then they go on, with what they had asked for. */
	settle();
	for (uint16_t i = 1; i < GUESTS; i++) {
		ck_assert_int_eq(get_message(i), XS_WRITE);
		ck_assert_int_eq(WRITE(i, 0, "x\0more"), XS_WRITE);
	}
}
END_TEST

static void one_writes_next_to_it(void)
{
	all_write();
	ck_assert_int_eq(WRITE(3, 0, "y\0elsewhere"), XS_WRITE);
}

static void first_two_write(void)
{
	unanswered |= 8;
	one_writes_next_to_it();
}

START_TEST(who_is_in_nobodys_way_does_not_wait)
{
	ck_assert_int_eq(tries_until_done(first_two_write), FAIRNESS_PATIENCE + 2);
	ck_assert_uint_eq(unanswered, 2 | 4 | 8);
}
END_TEST

/* Guests come into the way one after the other, as late as they can. */
static void one_more_writes(void)
{
	for (uint16_t i = 1; i < GUESTS; i++) {
		if (unanswered & 1u << i)
			continue;
		if (WRITE(i, 0, "x\0again") == XS_WRITE)
			return;
		unanswered |= 1u << i;
	}
}

START_TEST(one_more_conflict_for_each_guest_is_the_most)
{
	ck_assert_int_le(tries_until_done(one_more_writes), FAIRNESS_PATIENCE + GUESTS);
}
END_TEST

static void obstruct(void)
{
	for (int i = 0; i <= FAIRNESS_PATIENCE; i++)
		ck_assert(!try_once(all_write));
	ck_assert(fairness_any());
	all_write();
	ck_assert_uint_eq(unanswered, 2 | 4 | 8);
}

START_TEST(time_passes)
{
	unanswered = 0;
	obstruct();
	fairness_tick(0);
	settle();
	ck_assert_int_eq(get_message(1), -1);
	fairness_tick(UINT64_MAX);
	settle();
	ck_assert_int_eq(get_message(1), XS_WRITE);
	ck_assert(!fairness_any());
}
END_TEST

START_TEST(the_end_of_either_side_is_the_end_of_it)
{
	unanswered = 0;
	obstruct();
	/* One that waits goes, or starts anew. */
	domains_release(2);
	pages[3].connection = XENSTORE_RECONNECT;
	domains_event(1003);
	settle();
	ck_assert_int_eq(CALL(3, XS_READ, 0, "x"), XS_READ);
	conn_reset(&tool);
	ck_assert(!fairness_any());
	settle();
	ck_assert_int_eq(get_message(1), XS_WRITE);
}
END_TEST

START_TEST(a_guest_has_right_of_way_among_guests)
{
	struct perm perms[] = { { 1, PERM_NONE }, { 2, PERM_READ } };
	uint32_t txn;
	int n = 0;

	unanswered = 0;
	store_set_perms(&store, NULL, &root, "/local/domain/1/x", perms, 2);
	do {
		txn = begin_txn(2);
		ck_assert_int_eq(CALL(2, XS_READ, txn, "/local/domain/1/x"), XS_READ);
		if (!(unanswered & 2) && WRITE(1, 0, "x\0again") != XS_WRITE)
			unanswered |= 2;
		ck_assert_int_eq(WRITE(2, txn, "y\0z"), XS_WRITE);
	} while (CALL(2, XS_TRANSACTION_END, txn, "T") == XS_ERROR && ++n < TRIES);
	ck_assert_int_eq(n, FAIRNESS_PATIENCE + 1);
	settle();
	ck_assert_int_eq(get_message(1), XS_WRITE);
}
END_TEST

/* Whether a transaction that did one thing relies on what a change touches. */
static bool relies(uint32_t type, const char *path, enum change_kind kind, const char *changed)
{
	struct change *change = change_new(kind, changed, NULL, NULL, 0);
	bool result;

	ck_assert(ASK(XS_TRANSACTION_START, 0, ""));
	ask(type, number, path, strlen(path) + 1);
	result = txn_relies_on(conn_txn_find(&tool, number), change);
	ASK(XS_TRANSACTION_END, number, "F");
	change_free(change);
	return result;
}

START_TEST(what_is_relied_on_is_known)
{
	ck_assert(relies(XS_READ, "/local/domain", CHANGE_VALUE, "/local/domain"));
	ck_assert(!relies(XS_READ, "/local/domain", CHANGE_VALUE, "/local/domain/1"));
	ck_assert(!relies(XS_READ, "/local/domain", CHANGE_CREATE, "/local/domain/9"));
	ck_assert(relies(XS_DIRECTORY, "/local/domain", CHANGE_CREATE, "/local/domain/9"));
	ck_assert(relies(XS_DIRECTORY, "/local/domain", CHANGE_CREATE, "/local/domain/9/a/b"));
	ck_assert(!relies(XS_DIRECTORY, "/local/domain", CHANGE_CREATE, "/local/domain/1/a/b"));
	ck_assert(relies(XS_DIRECTORY, "/local/domain", CHANGE_REMOVE, "/local/domain/1"));
	ck_assert(relies(XS_DIRECTORY, "/", CHANGE_CREATE, "/new/a"));
	ck_assert(relies(XS_READ, "/absent", CHANGE_CREATE, "/absent/a/b"));
	ck_assert(relies(XS_READ, "/absent/a/b", CHANGE_CREATE, "/absent/a/b"));
	ck_assert(!relies(XS_READ, "/absent", CHANGE_CREATE, "/absentee"));
	ck_assert(relies(XS_READ, "/local/domain/1/x", CHANGE_REMOVE, "/local"));
	ck_assert(relies(XS_RM, "/local/domain/1", CHANGE_VALUE, "/local/domain/1/x"));
	ck_assert(!relies(XS_RM, "/local/domain/1", CHANGE_VALUE, "/local/domain/2/x"));
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("fairness");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, writers_in_loops_starve_nobody);
	TAP_ADD(tcase, who_is_in_nobodys_way_does_not_wait);
	TAP_ADD(tcase, one_more_conflict_for_each_guest_is_the_most);
	TAP_ADD(tcase, time_passes);
	TAP_ADD(tcase, the_end_of_either_side_is_the_end_of_it);
	TAP_ADD(tcase, a_guest_has_right_of_way_among_guests);
	TAP_ADD(tcase, what_is_relied_on_is_known);
	return tap_run_case("fairness", tcase);
}
