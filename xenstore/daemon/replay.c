/* SPDX-License-Identifier: MIT */
/*
 * Recovery from a journal.
 *
 * While the log is done again, domains are connected to pages of our own, in
 * which our two indices are kept; nothing is sent to anybody, no quota refuses
 * anything, and the hypervisor says what it said then.  At the end the true
 * rings are mapped, and our indices in them set to what is recorded: requests
 * that were taken are not taken twice, and bytes that were put go on where they
 * ended, wherever between two steps the writer was.
 */
#include "daemon/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/conn.h"
#include "daemon/dlog.h"
#include "daemon/domains.h"
#include "daemon/ghost.h"
#include "daemon/ops.h"
#include "daemon/record.h"
#include "daemon/restore.h"

#define PAGE_BYTES 4096
/* More answers of the hypervisor than one request can ask for. */
#define ANSWERS_MAX 4096
/* Ends in sequence within one request that make it the culprit. */
#define BLAME_MAX 3

/* What the hypervisor said of domains, for the request that follows. */
static struct {
	uint16_t domid[ANSWERS_MAX];
	bool exists[ANSWERS_MAX];
	size_t count;
	size_t taken;
} answers;

static uint32_t next_port = 1;

static int map_page(uint16_t domid, uint64_t mfn, struct hv_page *page)
{
	(void)domid;
	(void)mfn;
	page->addr = calloc(1, PAGE_BYTES);
	return page->addr ? 0 : -ENOMEM;
}

static int map_own(struct hv_page *page, uint32_t *port)
{
	*port = 0;
	return map_page(0, 0, page);
}

static void unmap(struct hv_page *page)
{
	free(page->addr);
	page->addr = NULL;
}

static int bind(uint16_t domid, uint32_t remote_port)
{
	(void)domid;
	(void)remote_port;
	return (int)next_port++;
}

static void no_port(uint32_t port)
{
	(void)port;
}

static int domain_state(uint16_t domid)
{
	if (answers.taken == answers.count || answers.domid[answers.taken] != domid)
		return -EAGAIN;
	return answers.exists[answers.taken++] ? HV_DOMAIN_EXISTS : 0;
}

/* The hypervisor of the past. */
static const struct hv past = {
	.map_ring = map_page,
	.map_own_ring = map_own,
	.unmap = unmap,
	.bind = bind,
	.unbind = no_port,
	.notify = no_port,
	.domain_state = domain_state,
};

static void add_answer(const struct journal_record *record)
{
	if (answers.count == ANSWERS_MAX)
		return;
	answers.domid[answers.count] = (uint16_t)record->number;
	answers.exists[answers.count++] = record->flags;
}

static struct conn *conn_of(uint32_t number)
{
	struct guest *guest;

	if (number >= CONN_FIRST_LOCAL)
		return ghost_find(number);
	guest = domains_guest((uint16_t)number);
	return guest ? &guest->conn : NULL;
}

static void spoil(struct txn *txn)
{
	if (txn)
		txn->spoilt = true;
}

static void execute(struct conn *conn, const char *message, size_t len, enum record_mode mode)
{
	struct conn_request request = { .payload = message + WIRE_HDR };

	if (mode == RECORD_SKIP || len < WIRE_HDR)
		return;
	memcpy(&request.hdr, message, WIRE_HDR);
	if (request.hdr.len != len - WIRE_HDR)
		return;
	if (mode == RECORD_ABORT)
		conn_txn_end(conn, request.hdr.tx_id, false);
	else if (mode == RECORD_SPOIL)
		spoil(conn_txn_find(conn, request.hdr.tx_id));
	else
		ops_handle(conn, &request);
}

/* The next answers are for the next request. */
static void drop_answers(void)
{
	answers.count = 0;
	answers.taken = 0;
}

static int replay_request(struct store *store, const struct journal_record *record)
{
	struct conn *conn;

	if (record->flags != RECORD_SKIP) {
		conn = ghost_find(record->number);
		if (!conn)
			conn = ghost_new(store, record->number);
		if (!conn)
			return -ENOMEM;
		execute(conn, record->data, record->len, record->flags);
	}
	drop_answers();
	return 0;
}

/* The request of @conn that is begun leaves its input, until it is done. */
static int replay_begin(struct conn *conn, uint32_t len)
{
	if (len > conn->in_len || conn->begun)
		return -EINVAL;
	conn->begun = malloc(len);
	if (!conn->begun)
		return -ENOMEM;
	memcpy(conn->begun, conn->in, len);
	conn->begun_len = len;
	conn->in_len -= len;
	memmove(conn->in, conn->in + len, conn->in_len);
	return 0;
}

static int replay_end(struct conn *conn, enum record_mode mode)
{
	char *message = conn->begun;

	if (!message)
		return -EINVAL;
	conn->begun = NULL;
	execute(conn, message, conn->begun_len, mode);
	free(message);
	drop_answers();
	return 0;
}

/* Requests that were begun and not done will be begun again. */
static int unbegin(const struct domain_facts *facts, void *arg)
{
	struct conn *conn = &facts->guest->conn;

	(void)arg;
	if (!conn->begun)
		return 0;
	if (!conn->dead && conn->in_len + conn->begun_len <= conn->in_capacity) {
		memmove(conn->in + conn->begun_len, conn->in, conn->in_len);
		memcpy(conn->in, conn->begun, conn->begun_len);
		conn->in_len += conn->begun_len;
	}
	free(conn->begun);
	conn->begun = NULL;
	return 0;
}

static int replay_ring(struct guest *guest, const struct journal_record *record)
{
	struct conn *conn = &guest->conn;
	struct record_ring ring;
	uint32_t req_cons, rsp_prod;
	size_t room;
	char *at;

	if (record->len < sizeof(ring))
		return -EINVAL;
	memcpy(&ring, record->data, sizeof(ring));
	guest_indices(guest, &req_cons, &rsp_prod);
	if (record->type == RECORD_SENT) {
		guest_restore(guest, req_cons, ring.index);
		return conn_output_gone(conn, ring.len);
	}
	at = conn_input_room(conn, &room);
	if (ring.len != record->len - sizeof(ring) || ring.len > room)
		return -EINVAL;
	memcpy(at, (const char *)record->data + sizeof(ring), ring.len);
	conn->in_len += ring.len;
	guest_restore(guest, ring.index, rsp_prod);
	return 0;
}

static int replay_for_guest(const struct journal_record *record)
{
	struct guest *guest = domains_guest((uint16_t)record->number);
	struct record_count count = { 0 };

	/* Its end was recorded before the last words to it. */
	if (!guest)
		return 0;
	if (record->len >= sizeof(count))
		memcpy(&count, record->data, sizeof(count));
	switch (record->type) {
	case RECORD_BEGIN: return replay_begin(&guest->conn, count.count);
	case RECORD_END: return replay_end(&guest->conn, record->flags);
	case RECORD_OUTPUT:
		return conn_restore_output(&guest->conn, record->data, record->len, record->flags,
					   false);
	case RECORD_RESET: guest_replay_reset(guest); return 0;
	case RECORD_KILL: conn_kill(&guest->conn, count.count); return 0;
	case RECORD_TARGET: guest->conn.id.target = (int32_t)count.count - 1; return 0;
	default: return replay_ring(guest, record);
	}
}

static int replay_domain(const struct journal_record *record)
{
	struct record_domain domain;

	if (record->len != sizeof(domain))
		return -EINVAL;
	memcpy(&domain, record->data, sizeof(domain));
	if (record->type == RECORD_AGAIN)
		return domains_replay_again((uint16_t)record->number, domain.mfn,
					    domain.remote_port, domain.successor);
	return domains_restore(&(struct domain_facts){ .domid = (uint16_t)record->number,
						       .mfn = domain.mfn,
						       .remote_port = domain.remote_port });
}

static int replay_record(struct store *store, const struct journal_record *record)
{
	uint16_t domid = (uint16_t)record->number;

	switch (record->type) {
	case RECORD_REQUEST: return replay_request(store, record);
	case RECORD_GONE: ghost_end(record->number); return 0;
	case RECORD_EXISTS: add_answer(record); return 0;
	case RECORD_CONNECT:
	case RECORD_AGAIN: return replay_domain(record);
	case RECORD_DISCONNECT: domains_replay_disconnect(domid); return 0;
	case RECORD_LOANS: domains_replay_end_loans(domid); return 0;
	case RECORD_SHUTDOWN: domains_replay_shutdown(domid, record->flags); return 0;
	case RECORD_FORGET: return domains_replay_forget(domid);
	case RECORD_INPUT:
	case RECORD_BEGIN:
	case RECORD_END:
	case RECORD_OUTPUT:
	case RECORD_SENT:
	case RECORD_RESET:
	case RECORD_KILL:
	case RECORD_TARGET: return replay_for_guest(record);
	default: return -EINVAL;
	}
}

static int replay_log(struct store *store, const struct journal_content *content)
{
	struct journal_record record;
	unsigned long count = 0;
	size_t at = 0;
	int rc;

	while ((rc = journal_next(content, &at, &record)) > 0) {
		rc = replay_record(store, &record);
		if (rc) {
			dlog("the journal's record %lu, of type %u for %u, cannot be done again: "
			     "%s",
			     count, record.type, record.number, strerror(-rc));
			return rc;
		}
		count++;
	}
	dlog("recovery: %zu bytes of snapshot, %lu records", content->snapshot_len, count);
	return rc;
}

/* One whose request ends the daemon again and again is served no longer. */
static void punish(struct journal *journal)
{
	uint32_t times, who = journal_blame(journal, &times);
	struct conn *conn;

	if (!who || times < BLAME_MAX)
		return;
	conn = conn_of(who - 1);
	if (!conn)
		return;
	dlog("domain %u: the daemon ended %u times within its request; it is cut off", who - 1,
	     times);
	conn_kill(conn, XENSTORE_ERROR_COMM);
}

int replay_journal(struct journal *journal, const struct hv *hv, struct store *store)
{
	struct journal_content content;
	int listener, rc;

	rc = journal_load(journal, &content);
	if (rc)
		return rc;
	domains_init(&past, store);
	conn_mute(true);
	account_enforce(false);
	rc = restore_state(store, content.snapshot, content.snapshot_len, &listener, true);
	if (!rc)
		rc = replay_log(store, &content);
	domains_each(unbegin, NULL);
	ghost_end_all();
	punish(journal);
	account_enforce(true);
	conn_mute(false);
	journal_unload(&content);
	if (!rc)
		rc = domains_adopt(hv);
	return rc;
}
