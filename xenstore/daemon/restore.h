/* SPDX-License-Identifier: MIT */
/*
 * Going on from a state stream that an earlier process wrote.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/*
 * Fills an empty store, and connects domains and local clients, from a stream.
 * The store must be as store_init() left it.
 *
 * If @ghosts, local clients become ghosts: their sockets are not there.
 *
 * *listener is the descriptor that the earlier process listened on, or -1.
 * Domains that cannot be connected any more are left out, with a line in the
 * log.  -EINVAL if the stream is malformed; nothing can go on from that.
 */
int restore_state(struct store *store, const void *data, size_t len, int *listener, bool ghosts);
