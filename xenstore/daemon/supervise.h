/* SPDX-License-Identifier: MIT */
/*
 * The process that outlives the daemon: it holds the journal, and starts a
 * successor when the daemon is killed.  It does nothing else, so that nothing
 * can kill it.
 */
#pragma once

#include <stdbool.h>

#include "state/journal.h"

/*
 * Splits in two.  Returns 0 in the daemon, with *recovering true if it succeeds
 * one that ended too early, or a negative errno.  The other process never
 * returns: it passes SIGTERM and SIGINT on, and leaves with the daemon's exit
 * status, once that has left and made the journal void, or never served.  Any
 * other end is followed by a successor; ends in quick succession by a pause
 * that grows to a second.  A daemon that was changed by a live update is
 * started again as the journal's binary with @argv and --journal-fd.
 */
int supervise(struct journal *journal, char **argv, bool *recovering);
