/* SPDX-License-Identifier: MIT */
/*
 * Right of way: a guest that writes in a loop cannot keep another client's
 * transaction from ever committing.
 *
 * A client whose transactions conflicted a few times in sequence gets right of
 * way.  While it has it, a guest that changes what an open transaction of that
 * client relies on may do so once: none of its further requests is taken until
 * the client has committed, is gone, or lets its time pass.  So a client that
 * tries again and again commits after at most one more conflict for each guest
 * that is in its way.
 *
 * dom0 and local clients are never made to wait.  A guest has its right of way
 * for a short time only, as it can cause conflicts of its own on nodes that it
 * may read.
 *
 * Nothing here is in the state of the daemon: it decides when requests are taken,
 * not what they do.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/conn.h"

/* Conflicts in sequence after which a client has right of way. */
#define FAIRNESS_PATIENCE 3

/* For how long, from its last conflict on, in milliseconds. */
#define FAIRNESS_GUEST_MS 100
#define FAIRNESS_LOCAL_MS 1000

/* Begins; @store tells of its changes from then on. */
void fairness_init(struct store *store);

/* A transaction of a client was to be committed; it did, or it @conflicted. */
void fairness_ended(struct conn *conn, bool conflicted);

/*
 * Around the handling of a request of @conn, which is made to wait if it was in
 * somebody's way.
 */
void fairness_before(struct conn *conn);
void fairness_after(struct conn *conn);

/* The connection is gone, or as new. */
void fairness_forget(struct conn *conn);

/* Milliseconds of a clock that does not jump. */
uint64_t fairness_now(void);

/* Ends what is over at @now. */
void fairness_tick(uint64_t now);

/* True while a client has right of way: the time must be looked at. */
bool fairness_any(void);
