/* SPDX-License-Identifier: MIT */
/*
 * A client's connection, whatever carries it: requests put together from
 * bytes, replies and events waiting to be sent, watches and transactions.
 *
 * Input stops (conn_wants_input() is false) while too many replies wait to be
 * taken, so a client that does not read stops itself and nobody else.  Events
 * cannot be held back like that; they count against the memory quota, and a
 * client over it is cut off.
 *
 * A connection that has failed is only marked dead; whoever owns it frees it
 * when nothing of it is on the stack, from conn_reap().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "daemon/traffic.h"
#include "protocol/wire.h"
#include "store/store.h"

/* "/local/domain/65535" and NUL. */
#define CONN_HOME 20

/* Numbers of connections: a guest's is its domain id, others' begin here. */
#define CONN_FIRST_LOCAL 0x10000u

struct conn;

/* What a connection needs of what carries it. */
struct conn_transport {
	/* Sends as much of the output as can be sent now. */
	void (*flush)(struct conn *conn);
	/* Frees a dead connection and what it lies in. */
	void (*free)(struct conn *conn);
	/* Takes input again that waited; NULL where none is made to wait. */
	void (*resume)(struct conn *conn);
};

/* A request taken off the input; the payload lives until it is answered. */
struct conn_request {
	struct xsd_sockmsg hdr;
	const char *payload;
	/* The transaction it names, or NULL. */
	struct txn *txn;
};

struct conn_out;
struct conn_txn;

struct conn {
	const struct conn_transport *transport;
	struct store *store;
	struct access_id id;
	/* Which one this is, in this process and its successors. */
	uint32_t number;
	char home[CONN_HOME];
	struct watcher watcher;
	struct conn_txn *txns;
	uint32_t last_txn;
	char *in;
	size_t in_len;
	size_t in_capacity;
	struct conn_out *out;
	struct conn_out **out_tail;
	size_t out_bytes;
	uint32_t out_replies;
	struct traffic traffic;
	/* The journal knows of it. */
	bool recorded;
	/* While a journal is done again: the request that was begun. */
	char *begun;
	size_t begun_len;
	/* Its input waits until whoever holds it lets go. */
	bool held;
	/* Conflicts in sequence, and whose right of way it waits for (fairness.h). */
	uint32_t conflicts;
	const struct conn *waits_for;
	struct conn *next_waiting;
	bool dead;
	/* Why it died: XENSTORE_ERROR_*. */
	uint32_t error;
	/* In the list of connections with something to do. */
	bool listed;
	struct conn *next_listed;
};

/* Who handles a complete request; must answer it. */
void conn_set_handler(void (*handler)(struct conn *conn, const struct conn_request *request));

/* Who hears that a connection is as new, or gone; NULL for nobody. */
void conn_on_reset(void (*reset)(struct conn *conn));

/*
 * Sets a connection up for a domain.  @in_capacity is at least WIRE_MAX.  0 or
 * -ENOMEM.
 */
int conn_init(struct conn *conn, const struct conn_transport *transport, struct store *store,
	      uint16_t domid, bool privileged, size_t in_capacity);

/* Gives a local client a number of its own. */
void conn_number_local(struct conn *conn);

/* Gives one the number that it had in an earlier process. */
void conn_set_number(struct conn *conn, uint32_t number);

/* Ends watches and transactions, drops input and output; frees buffers. */
void conn_fini(struct conn *conn);

/* As new: no watches, transactions, input or output. */
void conn_reset(struct conn *conn);

/* Marks a connection as failed, for the reason @error (XENSTORE_ERROR_*). */
void conn_kill(struct conn *conn, uint32_t error);

/* Where input goes: *len is the room, 0 if none is left. */
char *conn_input_room(struct conn *conn, size_t *len);

/*
 * Takes @len new bytes of input into account (0 to go on after a pause) and
 * handles the requests that are complete.
 */
void conn_input(struct conn *conn, size_t len);

/* False while the client must first take what waits for it. */
bool conn_wants_input(const struct conn *conn);

/* Answers a request. */
void conn_reply(struct conn *conn, const struct conn_request *request, const void *data, size_t len);

/* Answers with "OK". */
void conn_ack(struct conn *conn, const struct conn_request *request);

/* Answers with an error; @err is a (positive) errno. */
void conn_error(struct conn *conn, const struct conn_request *request, int err);

/* Queues a watch event; one that is too long for the protocol is dropped. */
void conn_event(struct conn *conn, const char *path, const char *token);

/*
 * Points at the next unsent bytes, in at most @max pieces; how many there are.
 * They stay valid until conn_output_sent().
 */
size_t conn_output(const struct conn *conn, struct iovec *iov, size_t max);

/* Takes @len bytes off the output. */
void conn_output_sent(struct conn *conn, size_t len);

/* The same where @len may be too much: -EINVAL then. */
int conn_output_gone(struct conn *conn, size_t len);

/* While @mute nothing is queued for anybody, but by conn_restore_output(). */
void conn_mute(bool mute);

/* True for a client whose connection does not outlive the process. */
static inline bool conn_is_local(const struct conn *conn)
{
	return conn->number >= CONN_FIRST_LOCAL;
}

/* Calls @visit for each unsent piece of output; stops at a non-zero return. */
int conn_each_output(const struct conn *conn, int (*visit)(const void *data, size_t len, void *arg),
		     void *arg);

/*
 * How many bytes are the rest of a message of which some bytes went already;
 * *is_event tells what it is.
 */
size_t conn_partial(const struct conn *conn, bool *is_event);

/*
 * Queues output that an earlier process had queued: a whole message, or if
 * @begun the rest of one.  0 or -ENOMEM.
 */
int conn_restore_output(struct conn *conn, const void *data, size_t len, bool is_event, bool begun);

/* Takes the last queued message back, if none of it was sent. */
void conn_take_back(struct conn *conn);

/*
 * Flushes all connections that got output since the last call, and frees dead
 * ones.  For the end of each turn of the event loop.
 */
void conn_reap(void);

/* Opens a transaction; 0 and its number, or a negative errno. */
int conn_txn_start(struct conn *conn, uint32_t *number);

/* The number of some open transaction, 0 if there is none. */
uint32_t conn_txn_first(const struct conn *conn);

/* Ends one; as store_txn_end(), or -ENOENT. */
int conn_txn_end(struct conn *conn, uint32_t number, bool commit);

/* Calls @visit for each open transaction; stops at a non-zero return. */
int conn_each_txn(const struct conn *conn,
		  int (*visit)(uint32_t number, struct txn *txn, void *arg), void *arg);

/* Opens a transaction under the number that it had in an earlier process. */
int conn_restore_txn(struct conn *conn, uint32_t number, struct txn **out);

/* The transaction of a number, NULL if there is none. */
struct txn *conn_txn_find(const struct conn *conn, uint32_t number);
