/* SPDX-License-Identifier: MIT */
/*
 * Local clients: the Unix socket and the connections that come in on it.
 */
#pragma once

#include <uv.h>

#include "store/store.h"

/*
 * Listens on @path, which is removed first; only root may connect.  0 or a
 * negative errno.
 */
int sock_listen(uv_loop_t *loop, struct store *store, const char *path);

/* Stops listening and drops all clients; the handles close in the loop. */
void sock_close_all(void);
