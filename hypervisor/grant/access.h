/* SPDX-License-Identifier: MIT */
/*
 * The atomic protocol on one shared grant entry (version 1).  Pure.
 *
 * The granting guest may change its entry at any moment.  Flags and grantee
 * are one 32-bit word, so both are checked and the in-use bits set by a single
 * compare-and-swap: what was checked is what was marked.  The guest, for its
 * part, ends a grant by swapping the flags to zero only where no in-use bit is
 * set; so once a bit is set the frame number is ours to read, and after the
 * last use we clear the bits, by an atomic AND, as the very last step.
 */
#pragma once

#include "lib/types.h"

/*
 * Mark the entry word at @word (flags low, domid high: <xen/grant_table.h>)
 * as read, and written if @write, for @domid.  False if the entry does not
 * permit that.
 */
bool access_mark(volatile u32 *word, u16 domid, bool write) __must_check;

/* Clear the written mark, and the read mark too if @all. */
void access_unmark(volatile u32 *word, bool all);
