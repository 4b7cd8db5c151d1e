/* SPDX-License-Identifier: MIT */
/*
 * Keeps the journal in order: its first snapshot, later ones when the log has
 * become long, and the word in the log if it fails.
 */
#pragma once

#include "state/journal.h"
#include "store/store.h"

/*
 * Writes a snapshot of the present state and records from then on.  Without
 * memory for it the daemon serves all the same, and says so.
 */
void recording_start(struct journal *journal, struct store *store);

/* To be called where no request is being handled: once a turn of the loop. */
void recording_turn(struct store *store);
