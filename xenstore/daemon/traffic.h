/* SPDX-License-Identifier: MIT */
/*
 * What a client has asked for since this process serves it.  It is for people
 * who look; a successor begins at zero.
 */
#pragma once

#include <stdint.h>

struct traffic {
	/* Values, listings and permissions. */
	uint64_t reads;
	/* Values, new nodes, removals and permissions. */
	uint64_t writes;
	/* Transactions, watches, domains, control. */
	uint64_t others;
	/* Watch events queued for it. */
	uint64_t events;
};

/* Counts a request of the type @type (XS_*). */
void traffic_count(struct traffic *traffic, uint32_t type);

/* Adds what a client that leaves has asked for to that of the others. */
void traffic_retire(const struct traffic *traffic);

/* The sum of all that have left. */
const struct traffic *traffic_retired(void);
