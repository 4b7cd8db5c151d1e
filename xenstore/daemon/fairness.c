/* SPDX-License-Identifier: MIT */
/*
 * Right of way.
 */
#include "daemon/fairness.h"

#include <stddef.h>
#include <time.h>

#include "daemon/dlog.h"

/* Clients that have it at once; others try without meanwhile. */
#define RIGHTS_MAX 16

struct right {
	struct conn *conn;
	uint64_t until;
};

static struct store *the_store;
static struct right rights[RIGHTS_MAX];
static size_t right_count;
/* Guests that wait, linked by ->next_waiting. */
static struct conn *waiting;
/* Whose request is handled, if it can be made to wait, and in whose way it is. */
static struct conn *current;
static struct conn *obstructed;

void fairness_init(struct store *store)
{
	the_store = store;
	store->changed = NULL;
	conn_on_reset(fairness_forget);
}

uint64_t fairness_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool fairness_any(void)
{
	return right_count;
}

/* Lets those go on who wait for @conn. */
static void let_go(const struct conn *conn)
{
	struct conn **at = &waiting;

	while (*at) {
		struct conn *guest = *at;

		if (guest->waits_for != conn) {
			at = &guest->next_waiting;
			continue;
		}
		*at = guest->next_waiting;
		guest->waits_for = NULL;
		guest->transport->resume(guest);
	}
}

struct question {
	const struct change *change;
	bool hit;
};

static int relies(uint32_t number, struct txn *txn, void *arg)
{
	struct question *question = arg;

	(void)number;
	question->hit = txn_relies_on(txn, question->change);
	return question->hit;
}

/* The store tells of each change while anybody has right of way. */
static void on_change(const struct change *change)
{
	struct question question = { .change = change };

	if (!current)
		return;
	for (size_t i = 0; i < right_count && !question.hit; i++) {
		if (rights[i].conn == current)
			continue;
		conn_each_txn(rights[i].conn, relies, &question);
		if (question.hit)
			obstructed = rights[i].conn;
	}
}

static struct right *right_of(const struct conn *conn)
{
	for (size_t i = 0; i < right_count; i++) {
		if (rights[i].conn == conn)
			return &rights[i];
	}
	return NULL;
}

static void end_right(struct right *right)
{
	const struct conn *conn = right->conn;

	*right = rights[--right_count];
	if (!right_count)
		the_store->changed = NULL;
	let_go(conn);
}

void fairness_ended(struct conn *conn, bool conflicted)
{
	struct right *right = right_of(conn);

	if (!conflicted) {
		conn->conflicts = 0;
		if (right)
			end_right(right);
		return;
	}
	if (conn->conflicts < FAIRNESS_PATIENCE)
		conn->conflicts++;
	if (conn->conflicts < FAIRNESS_PATIENCE || !the_store)
		return;
	if (!right) {
		if (right_count == RIGHTS_MAX)
			return;
		right = &rights[right_count++];
		right->conn = conn;
		the_store->changed = on_change;
	}
	right->until = fairness_now() + (conn->id.privileged ? FAIRNESS_LOCAL_MS : FAIRNESS_GUEST_MS);
}

void fairness_before(struct conn *conn)
{
	obstructed = NULL;
	current = conn->id.privileged || !right_count ? NULL : conn;
}

void fairness_after(struct conn *conn)
{
	const struct conn *other = obstructed;

	obstructed = NULL;
	current = NULL;
	if (!other || conn->dead || conn->waits_for || !conn->transport->resume)
		return;
	dlog_trace("domain %u: waits for a transaction of domain %u", conn->id.domid,
		   other->id.domid);
	conn->waits_for = other;
	conn->next_waiting = waiting;
	waiting = conn;
}

static void stop_waiting(struct conn *conn)
{
	struct conn **at = &waiting;

	if (!conn->waits_for)
		return;
	while (*at != conn)
		at = &(*at)->next_waiting;
	*at = conn->next_waiting;
	conn->waits_for = NULL;
}

void fairness_forget(struct conn *conn)
{
	struct right *right = right_of(conn);

	conn->conflicts = 0;
	if (right)
		end_right(right);
	if (obstructed == conn)
		obstructed = NULL;
	if (current == conn)
		current = NULL;
	stop_waiting(conn);
}

void fairness_tick(uint64_t now)
{
	for (size_t i = right_count; i--;) {
		if (rights[i].until <= now)
			end_right(&rights[i]);
	}
}
