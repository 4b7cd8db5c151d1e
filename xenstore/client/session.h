/* SPDX-License-Identifier: MIT */
/*
 * A connection to a XenStore daemon that many threads may use at once and
 * that outlives the daemon: requests, their replies, watch events.
 *
 * Any number of requests may be on their way; a reply is matched by its
 * number.  The stream is read by one thread at a time: by whichever caller
 * waits and finds nobody reading, until it has what it waits for, or, after
 * session_start_reader(), by a thread of the session's own.
 *
 * If the stream of a socket ends, the reader connects again, sets the watches
 * anew and decides by redo.h what becomes of requests without an answer.  Each
 * watch that is set anew gives an event with its path, as when it was set
 * first: what changed meanwhile may have been missed.  Attempts go on for ten
 * seconds, or as many as $XENSTORED_RECONNECT says; 0 is never.
 *
 * Locks: @write_lock is held while a request is written or the connection is
 * made anew, and comes before @lock, which protects the rest and is never held
 * over a system call that may wait.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "client/reply.h"

struct session;

/* Connects; @path as for xsc_open().  0 or a negative errno. */
int session_open(const char *path, struct session **out);

/* Ends the reader thread and frees all.  Nobody else may be using it. */
void session_close(struct session *s);

/*
 * Frees all in a child process after fork(): no lock is taken (its holder may
 * be a thread of the parent) and the parent's connection goes on.
 */
void session_abandon(struct session *s);

/* Starts the reader thread unless it runs.  0 or a negative errno. */
int session_start_reader(struct session *s);

/*
 * Readable while an event is queued, something waits in the stream or the
 * connection is dead; for sessions without a reader thread.
 */
int session_poll_fd(const struct session *s);

/* Readable while an event is queued or the connection is dead. */
int session_event_fd(const struct session *s);

/*
 * Sends a request with a payload of @count pieces and waits for the answer.
 * @tx is a number from session_begin(), or 0.  *reply may
 * be NULL.  Returns 0, the daemon's negative errno, -E2BIG for a payload that
 * is too long, -ECONNRESET if the daemon is another one now and nobody knows
 * whether the request was done, or what ended the connection for good.
 */
int session_call(struct session *s, uint32_t type, uint32_t tx, const struct iovec *parts,
		 size_t count, struct session_reply *reply);

/* Starts a transaction: its number in *tx.  As session_call(). */
int session_begin(struct session *s, uint32_t *tx);

/*
 * Takes the oldest event, waiting @timeout_ms (negative: for ever) for one:
 * *text (to be freed) begins with its path, *token points into it.  -EAGAIN if
 * none came, or what ended the connection.
 */
int session_next_event(struct session *s, int timeout_ms, char **text, const char **token);

/* Drops the queued events with @token at or below @path. */
void session_drop_events(struct session *s, const char *path, const char *token);

/*
 * Lets @cut take the connection away from the descriptor it is given; the
 * session is dead then and never connects again.  Returns what @cut does.
 */
int session_cut(struct session *s, int (*cut)(int fd));
