/* SPDX-License-Identifier: MIT */
/*
 * Live update: another binary goes on in this process, with the sockets, rings,
 * watches and transactions that are there.
 *
 * It is steered by "live-update" over XS_CONTROL, as Xen's daemon is: -f names
 * the binary, -c its command line, -s starts, -a forgets it.  The state goes
 * through a memory file; the new binary finds it by --state-fd.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "daemon/conn.h"

/* The names of the options, for the one who parses them. */
#define UPDATE_OPTION  "state-fd"
#define JOURNAL_OPTION "journal-fd"

/* What update_command() returns if the answer comes from update_run(). */
#define UPDATE_LATER 1

/*
 * Remembers the command line, for a new binary to get the same, and the
 * journal's descriptor, -1 if there is none.
 */
void update_init(char **argv, int journal_fd);

/*
 * Takes the words after "live-update".  0 with an answer in @out, UPDATE_LATER,
 * or a negative errno.
 */
int update_command(const char *const *words, size_t count, char *out, size_t size);

/* Who asked, and is answered by update_run(): for UPDATE_LATER. */
void update_asked_by(struct conn *conn, const struct conn_request *request);

/* True if update_run() is to be called. */
bool update_wanted(void);

/*
 * Hands over to the new binary; returns only if that failed.  For a moment at
 * which no request is being handled and before output is flushed, so that
 * "OK" is sent by the successor.
 */
void update_run(struct store *store);

/*
 * Reads the state that a predecessor left at @fd, which is closed.  *listener
 * as for restore_state().  0 or a negative errno.
 */
int update_take_over(struct store *store, int fd, int *listener);

/* Handles what came in meanwhile, once everything else runs. */
void update_catch_up(void);
