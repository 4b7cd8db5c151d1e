/* SPDX-License-Identifier: MIT */
/*
 * The open transactions of a client, by the number its user knows.
 *
 * A daemon that was started anew gives numbers from the beginning, and its
 * first transaction may have the number of one that was lost with its
 * predecessor.  So users see numbers of ours, which are the daemon's where
 * that is not ambiguous.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct txmap_entry {
	struct txmap_entry *next;
	/* What the user knows, never 0. */
	uint32_t number;
	/* What the daemon knows. */
	uint32_t wire;
	/* The daemon that knew it is gone. */
	bool lost;
};

struct txmap {
	struct txmap_entry *first;
};

/* Frees all entries. */
void txmap_clear(struct txmap *map);

/* Takes over @entry (from malloc) for the daemon's @wire; the user's number. */
uint32_t txmap_add(struct txmap *map, struct txmap_entry *entry, uint32_t wire);

/* The entry of a user's number, or NULL. */
struct txmap_entry *txmap_find(const struct txmap *map, uint32_t number);

/* Frees the entry of a user's number, if there is one. */
void txmap_remove(struct txmap *map, uint32_t number);

/* All are lost: the connection is. */
void txmap_lose(struct txmap *map);
