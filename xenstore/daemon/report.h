/* SPDX-License-Identifier: MIT */
/*
 * What the daemon tells of itself: who uses it, its memory, and whether all its
 * books agree.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

/*
 * A line each for guests and local clients from the number @from on, as many as
 * fit:
 *
 *   number domid pid reads writes others events replies bytes nodes watches
 *   transactions
 *
 * with the counts of struct traffic; replies and bytes that wait for the
 * client; and what is on its domain's account.  The pid is 0 for guests.  Before
 * them "time", the clock in microseconds, and "past" with the traffic of local
 * clients that have left; behind them, if there are more, "more" and the number
 * to go on from.  0 or -ENOMEM.
 */
int report_top(uint32_t from, char *out, size_t size);

/* Where memory goes, in lines of "name : number". */
void report_memory(const struct store *store, char *out, size_t size);

/*
 * Walks the store and holds every account against what is there: what quotas
 * count by domain, and output by client.  Writes
 * "OK" to @out, or a line for each fault, as many as fit.  The number of faults,
 * or -ENOMEM.
 */
long report_check(const struct store *store, char *out, size_t size);
