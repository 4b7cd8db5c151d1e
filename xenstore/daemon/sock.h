/* SPDX-License-Identifier: MIT */
/*
 * Local clients: the Unix socket and the connections that come in on it.
 */
#pragma once

#include <uv.h>

#include "daemon/conn.h"
#include "store/store.h"

/* To be called first: where clients are polled, and what they use. */
void sock_init(uv_loop_t *loop, struct store *store);

/*
 * Listens on @path, which is removed first; only root may connect.  0 or a
 * negative errno.
 */
int sock_listen(const char *path);

/*
 * Goes on with a listening descriptor of an earlier process.  0 or a negative
 * errno.
 */
int sock_listen_on(int fd);

/* The listening descriptor, -1 if there is none. */
int sock_listener(void);

/* Goes on with a client's descriptor of an earlier process; owns it then. */
int sock_restore(int fd, struct conn **out);

/* Calls @visit for each client; stops at a non-zero return. */
int sock_each(int (*visit)(struct conn *conn, int fd, void *arg), void *arg);

/* Stops listening and drops all clients; the handles close in the loop. */
void sock_close_all(void);
