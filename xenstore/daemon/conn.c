/* SPDX-License-Identifier: MIT */
/*
 * A client's connection.
 */
#include "daemon/conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/dlog.h"
#include "daemon/record.h"

/* A local client that reads nothing is held back from this on, in bytes. */
#define PRIVILEGED_PAUSE (256u * 1024)
/* And cut off from this on: it could only be filled by events. */
#define PRIVILEGED_LIMIT (64u * 1024 * 1024)
/* How many of the last queued events a new one is compared with. */
#define DUPLICATE_WINDOW 64

struct conn_out {
	struct conn_out *next;
	/* Towards the head, for the search for duplicates. */
	struct conn_out *prev;
	size_t len;
	size_t sent;
	bool is_event;
	char data[];
};

struct conn_txn {
	struct conn_txn *next;
	uint32_t number;
	struct txn *txn;
};

static void (*handle)(struct conn *conn, const struct conn_request *request);
static struct conn *listed;
static uint32_t next_local = CONN_FIRST_LOCAL;
static bool muted;

static void (*on_reset)(struct conn *conn);

void conn_on_reset(void (*reset)(struct conn *conn))
{
	on_reset = reset;
}

void conn_set_handler(void (*handler)(struct conn *conn, const struct conn_request *request))
{
	handle = handler;
}

static void list(struct conn *conn)
{
	if (conn->listed)
		return;
	conn->listed = true;
	conn->next_listed = listed;
	listed = conn;
}

static void unlist(struct conn *conn)
{
	struct conn **at = &listed;

	if (!conn->listed)
		return;
	while (*at != conn)
		at = &(*at)->next_listed;
	*at = conn->next_listed;
	conn->listed = false;
}

static struct conn *conn_of_watcher(struct watcher *watcher)
{
	return (struct conn *)((char *)watcher - offsetof(struct conn, watcher));
}

static void watcher_event(struct watcher *watcher, const char *path, const char *token)
{
	conn_event(conn_of_watcher(watcher), path, token);
}

int conn_init(struct conn *conn, const struct conn_transport *transport, struct store *store,
	      uint16_t domid, bool privileged, size_t in_capacity)
{
	memset(conn, 0, sizeof(*conn));
	conn->in = malloc(in_capacity);
	if (!conn->in)
		return -ENOMEM;
	conn->in_capacity = in_capacity;
	conn->transport = transport;
	conn->store = store;
	conn->id.domid = domid;
	conn->number = domid;
	conn->id.target = ACCESS_NO_TARGET;
	conn->id.privileged = privileged;
	conn->watcher.id = &conn->id;
	conn->watcher.event = watcher_event;
	conn->out_tail = &conn->out;
	snprintf(conn->home, sizeof(conn->home), "/local/domain/%u", domid);
	return 0;
}

void conn_number_local(struct conn *conn)
{
	conn_set_number(conn, next_local);
}

void conn_set_number(struct conn *conn, uint32_t number)
{
	conn->number = number;
	if (number >= next_local)
		next_local = number + 1;
}

/* One message more or less waits to be taken. */
static void count_output(struct conn *conn, const struct conn_out *out, bool more)
{
	int64_t len = (int64_t)out->len;

	conn->out_bytes += more ? out->len : -out->len;
	account_add(conn->id.domid, QUOTA_MEMORY, more ? len : -len);
	if (out->is_event)
		return;
	conn->out_replies += more ? 1u : -1u;
	account_add(conn->id.domid, QUOTA_OUTSTANDING, more ? 1 : -1);
}

static void drop_output(struct conn *conn)
{
	while (conn->out) {
		struct conn_out *out = conn->out;

		conn->out = out->next;
		count_output(conn, out, false);
		free(out);
	}
	conn->out_tail = &conn->out;
}

/*
 * All but the watches.  A connection may fail while it is told of an event, and
 * then whoever tells goes through the watches.
 */
static void reset_but_watches(struct conn *conn)
{
	if (on_reset)
		on_reset(conn);
	while (conn->txns)
		conn_txn_end(conn, conn->txns->number, false);
	drop_output(conn);
	conn->in_len = 0;
}

void conn_reset(struct conn *conn)
{
	watch_remove_all(&conn->store->watches, &conn->watcher);
	reset_but_watches(conn);
}

void conn_fini(struct conn *conn)
{
	if (conn_is_local(conn) && conn->recorded)
		record_fact(RECORD_GONE, 0, conn->number);
	conn_reset(conn);
	unlist(conn);
	free(conn->in);
	conn->in = NULL;
}

void conn_kill(struct conn *conn, uint32_t error)
{
	if (conn->dead)
		return;
	conn->dead = true;
	conn->error = error;
	if (!conn_is_local(conn))
		record_data(RECORD_KILL, 0, conn->number, &error, sizeof(error));
	/* It hears nothing more; conn_reap() takes its watches. */
	reset_but_watches(conn);
	list(conn);
}

char *conn_input_room(struct conn *conn, size_t *len)
{
	*len = conn->dead ? 0 : conn->in_capacity - conn->in_len;
	return conn->in + conn->in_len;
}

bool conn_wants_input(const struct conn *conn)
{
	uint32_t limit;

	if (conn->dead || conn->held || conn->waits_for)
		return false;
	if (conn->id.privileged)
		return conn->out_bytes < PRIVILEGED_PAUSE;
	limit = account_limit_of(conn->id.domid, QUOTA_OUTSTANDING);
	return !limit || conn->out_replies < limit;
}

/* Handles one complete request at @at; its length, or 0 if it is not whole. */
static size_t take_request(struct conn *conn, const char *at, size_t len)
{
	struct conn_request request;
	size_t size;

	if (len < WIRE_HDR)
		return 0;
	memcpy(&request.hdr, at, WIRE_HDR);
	if (request.hdr.len > XENSTORE_PAYLOAD_MAX) {
		dlog("domain %u: a request of %u bytes breaks the protocol; it is cut off",
		     conn->id.domid, request.hdr.len);
		conn_kill(conn, XENSTORE_ERROR_PROTO);
		return 0;
	}
	size = WIRE_HDR + request.hdr.len;
	if (len < size)
		return 0;
	request.payload = at + WIRE_HDR;
	request.txn = NULL;
	handle(conn, &request);
	return size;
}

void conn_input(struct conn *conn, size_t len)
{
	size_t at = 0, size;

	conn->in_len += len;
	while (conn_wants_input(conn)) {
		size = take_request(conn, conn->in + at, conn->in_len - at);
		if (!size)
			break;
		at += size;
	}
	if (conn->dead)
		return;
	conn->in_len -= at;
	if (at && conn->in_len)
		memmove(conn->in, conn->in + at, conn->in_len);
}

static struct conn_out *out_new(struct conn *conn, const struct xsd_sockmsg *hdr)
{
	struct conn_out *out = malloc(sizeof(*out) + WIRE_HDR + hdr->len);

	if (!out) {
		dlog("domain %u: no memory for an answer; it is cut off", conn->id.domid);
		conn_kill(conn, XENSTORE_ERROR_COMM);
		return NULL;
	}
	out->next = NULL;
	out->prev = NULL;
	out->len = WIRE_HDR + hdr->len;
	out->sent = 0;
	out->is_event = hdr->type == XS_WATCH_EVENT;
	memcpy(out->data, hdr, WIRE_HDR);
	return out;
}

static bool output_allowed(const struct conn *conn, size_t more)
{
	if (conn->id.privileged)
		return conn->out_bytes + more <= PRIVILEGED_LIMIT;
	/*
	 * Without what else it holds: it is not cut off for that, or for a limit
	 * that was lowered.
	 */
	return account_allows(conn->id.domid, QUOTA_MEMORY, conn->out_bytes + more);
}

static struct conn_out *out_last(const struct conn *conn)
{
	if (!conn->out)
		return NULL;
	/* The tail points at the next field, which comes first. */
	return (struct conn_out *)((char *)conn->out_tail - offsetof(struct conn_out, next));
}

static void append(struct conn *conn, struct conn_out *out)
{
	out->prev = out_last(conn);
	*conn->out_tail = out;
	conn->out_tail = &out->next;
	count_output(conn, out, true);
	list(conn);
}

static void enqueue(struct conn *conn, struct conn_out *out)
{
	if (!output_allowed(conn, out->len)) {
		dlog("domain %u: %zu bytes of replies and events are not taken; it is cut off",
		     conn->id.domid, conn->out_bytes);
		free(out);
		conn_kill(conn, XENSTORE_ERROR_COMM);
		return;
	}
	if (!conn_is_local(conn))
		record_data(RECORD_OUTPUT, out->is_event, conn->number, out->data, out->len);
	append(conn, out);
}

static void send_message(struct conn *conn, const struct xsd_sockmsg *hdr, const void *data)
{
	struct conn_out *out;

	if (conn->dead || muted)
		return;
	out = out_new(conn, hdr);
	if (!out)
		return;
	if (hdr->len)
		memcpy(out->data + WIRE_HDR, data, hdr->len);
	enqueue(conn, out);
}

void conn_reply(struct conn *conn, const struct conn_request *request, const void *data, size_t len)
{
	struct xsd_sockmsg hdr = request->hdr;

	if (len > XENSTORE_PAYLOAD_MAX) {
		conn_error(conn, request, E2BIG);
		return;
	}
	hdr.len = (uint32_t)len;
	send_message(conn, &hdr, data);
}

void conn_ack(struct conn *conn, const struct conn_request *request)
{
	conn_reply(conn, request, "OK", sizeof("OK"));
}

void conn_error(struct conn *conn, const struct conn_request *request, int err)
{
	struct xsd_sockmsg hdr = request->hdr;
	const char *name = wire_error_name(err);

	hdr.type = XS_ERROR;
	hdr.len = (uint32_t)strlen(name) + 1;
	send_message(conn, &hdr, name);
}

/*
 * True if the same event waits already.  Its reader will look at the node
 * after taking it and see the change that this one would tell of.
 */
static bool waits_already(const struct conn *conn, const struct conn_out *event)
{
	const struct conn_out *out = out_last(conn);

	for (int i = 0; out && i < DUPLICATE_WINDOW; i++, out = out->prev) {
		if (out->is_event && !out->sent && out->len == event->len &&
		    !memcmp(out->data, event->data, out->len))
			return true;
	}
	return false;
}

void conn_event(struct conn *conn, const char *path, const char *token)
{
	size_t path_size = strlen(path) + 1, token_size = strlen(token) + 1;
	struct xsd_sockmsg hdr = { .type = XS_WATCH_EVENT };
	struct conn_out *out;

	if (conn->dead || muted || path_size + token_size > XENSTORE_PAYLOAD_MAX)
		return;
	hdr.len = (uint32_t)(path_size + token_size);
	out = out_new(conn, &hdr);
	if (!out)
		return;
	memcpy(out->data + WIRE_HDR, path, path_size);
	memcpy(out->data + WIRE_HDR + path_size, token, token_size);
	if (!conn->id.privileged && waits_already(conn, out)) {
		free(out);
		return;
	}
	conn->traffic.events++;
	enqueue(conn, out);
}

size_t conn_output(const struct conn *conn, struct iovec *iov, size_t max)
{
	struct conn_out *out = conn->out;
	size_t n;

	for (n = 0; out && n < max; n++, out = out->next) {
		iov[n].iov_base = out->data + out->sent;
		iov[n].iov_len = out->len - out->sent;
	}
	return n;
}

void conn_output_sent(struct conn *conn, size_t len)
{
	while (len) {
		struct conn_out *out = conn->out;
		size_t part = out->len - out->sent;

		if (len < part) {
			out->sent += len;
			return;
		}
		len -= part;
		conn->out = out->next;
		if (conn->out)
			conn->out->prev = NULL;
		else
			conn->out_tail = &conn->out;
		count_output(conn, out, false);
		free(out);
	}
}

int conn_each_output(const struct conn *conn, int (*visit)(const void *data, size_t len, void *arg),
		     void *arg)
{
	int rc = 0;

	for (const struct conn_out *out = conn->out; out && !rc; out = out->next)
		rc = visit(out->data + out->sent, out->len - out->sent, arg);
	return rc;
}

size_t conn_partial(const struct conn *conn, bool *is_event)
{
	*is_event = conn->out && conn->out->is_event;
	return conn->out && conn->out->sent ? conn->out->len - conn->out->sent : 0;
}

int conn_restore_output(struct conn *conn, const void *data, size_t len, bool is_event, bool begun)
{
	/* One byte stands for all that went before. */
	size_t before = begun;
	struct conn_out *out = malloc(sizeof(*out) + before + len);

	if (!out)
		return -ENOMEM;
	out->next = NULL;
	out->len = before + len;
	out->sent = before;
	out->is_event = is_event;
	memcpy(out->data + before, data, len);
	append(conn, out);
	return 0;
}

void conn_take_back(struct conn *conn)
{
	struct conn_out *out = out_last(conn);

	if (!out || out->sent)
		return;
	if (out->prev)
		conn->out_tail = &out->prev->next;
	else
		conn->out_tail = &conn->out;
	*conn->out_tail = NULL;
	count_output(conn, out, false);
	free(out);
}

int conn_output_gone(struct conn *conn, size_t len)
{
	size_t there = 0;

	for (const struct conn_out *out = conn->out; out && there < len; out = out->next)
		there += out->len - out->sent;
	if (there < len)
		return -EINVAL;
	conn_output_sent(conn, len);
	return 0;
}

void conn_mute(bool mute)
{
	muted = mute;
}

void conn_reap(void)
{
	while (listed) {
		struct conn *conn = listed;

		listed = conn->next_listed;
		conn->listed = false;
		if (!conn->dead)
			conn->transport->flush(conn);
		/* Flushing may have found it dead, and listed it again. */
		if (conn->dead) {
			unlist(conn);
			conn_reset(conn);
			conn->transport->free(conn);
		}
	}
}

static int open_txn(struct conn *conn, struct conn_txn **out)
{
	struct conn_txn *entry = malloc(sizeof(*entry));
	int rc;

	if (!entry)
		return -ENOMEM;
	rc = store_txn_start(conn->store, &conn->id, &entry->txn);
	if (rc) {
		free(entry);
		return rc;
	}
	*out = entry;
	return 0;
}

int conn_txn_start(struct conn *conn, uint32_t *number)
{
	struct conn_txn *entry;
	int rc = open_txn(conn, &entry);

	if (rc)
		return rc;
	/* Zero means none; numbers in use are passed over after a wrap. */
	do
		conn->last_txn++;
	while (!conn->last_txn || conn_txn_find(conn, conn->last_txn));
	entry->number = conn->last_txn;
	entry->next = conn->txns;
	conn->txns = entry;
	*number = entry->number;
	return 0;
}

int conn_restore_txn(struct conn *conn, uint32_t number, struct txn **out)
{
	struct conn_txn *entry;
	int rc;

	if (!number || conn_txn_find(conn, number))
		return -EINVAL;
	rc = open_txn(conn, &entry);
	if (rc)
		return rc;
	entry->number = number;
	entry->next = conn->txns;
	conn->txns = entry;
	*out = entry->txn;
	return 0;
}

int conn_each_txn(const struct conn *conn,
		  int (*visit)(uint32_t number, struct txn *txn, void *arg), void *arg)
{
	int rc = 0;

	for (const struct conn_txn *entry = conn->txns; entry && !rc; entry = entry->next)
		rc = visit(entry->number, entry->txn, arg);
	return rc;
}

uint32_t conn_txn_first(const struct conn *conn)
{
	return conn->txns ? conn->txns->number : 0;
}

static struct conn_txn **find_txn(struct conn *conn, uint32_t number)
{
	struct conn_txn **at = &conn->txns;

	while (*at && (*at)->number != number)
		at = &(*at)->next;
	return at;
}

int conn_txn_end(struct conn *conn, uint32_t number, bool commit)
{
	struct conn_txn **at = find_txn(conn, number);
	struct conn_txn *entry = *at;
	struct txn *txn;

	if (!entry)
		return -ENOENT;
	txn = entry->txn;
	*at = entry->next;
	free(entry);
	return store_txn_end(conn->store, &conn->id, txn, commit);
}

struct txn *conn_txn_find(const struct conn *conn, uint32_t number)
{
	for (const struct conn_txn *entry = conn->txns; entry; entry = entry->next) {
		if (entry->number == number)
			return entry->txn;
	}
	return NULL;
}
