/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a request when the connection is lost before its answer,
 * or when it belongs to a transaction that was lost with one.
 *
 * The rule: nothing is claimed that may be false, and nothing is done twice
 * that differs from being done once.
 *
 * - What only reads, and what sets something to a value that the request
 *   itself names (WRITE, SET_PERMS, INTRODUCE, SET_QUOTA, ...), is sent again:
 *   its effect has to lie somewhere between the call and the return, and it
 *   still does.  Others may see it twice, with something of theirs between.
 * - RM is sent again; that the node is not there any more is then success.
 * - RELEASE, CONTROL and the commit of a transaction are not: a second one
 *   may hit something else.  If not a byte of the request was taken, it was
 *   not done, and RELEASE and CONTROL can be sent; otherwise the answer is
 *   -ECONNRESET: nobody knows.
 * - A lost transaction has changed nothing and never will.  Its commit answers
 *   -EAGAIN, as if others had been quicker, and its user starts anew, which
 *   all users of transactions can.  Until then its changes are acknowledged,
 *   and what it reads is read outside of it.
 * - WATCH and UNWATCH are sent again, after the watches that were set are set
 *   anew; that they find their work done is success.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum redo {
	/* Send it (outside of the transaction that is lost). */
	REDO_SEND,
	/* It is done: success. */
	REDO_DONE,
	/* Answer -EAGAIN. */
	REDO_AGAIN,
	/* Answer -ECONNRESET. */
	REDO_UNKNOWN,
};

/*
 * A request of @type; @payload is its first byte or 0 (it tells commit from
 * abort).  @lost: it names a transaction that is lost.  @begun: the daemon may
 * have got it, over the connection that is lost.
 */
enum redo redo_of(uint32_t type, char payload, bool lost, bool begun);

/* True if @err (positive) is success for a request that was sent twice. */
bool redo_forgives(uint32_t type, int err);
