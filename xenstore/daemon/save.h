/* SPDX-License-Identifier: MIT */
/*
 * The daemon's whole state, as a state stream for a successor.
 */
#pragma once

#include "state/stream.h"
#include "store/store.h"

/*
 * Writes everything: limits, nodes, connections with what waits in them,
 * watches, open transactions.  For a moment at which no request is being
 * handled.  0 or the first error of @sink.
 *
 * A transaction is written as if it had begun now, if nothing that it relied on
 * has changed since it did begin; else as one that cannot commit.
 */
int save_state(struct store *store, stream_sink *sink, void *arg);
