/* SPDX-License-Identifier: MIT */
/*
 * Permission lists of nodes, each different one kept once: nodes mostly
 * inherit, so a store of thousands of nodes has a handful of lists, and two
 * nodes have the same permissions exactly if they have the same pointer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/perms.h"

struct permset {
	struct permset *next;
	uint32_t refs;
	uint32_t count;
	struct perm perms[];
};

/*
 * The set with these entries, with a reference for the caller; NULL if memory
 * is short.  @count is at least 1.
 */
struct permset *permset_get(const struct perm *perms, size_t count);

/* One more reference. */
struct permset *permset_ref(struct permset *set);

/* One reference less; the last one frees. */
void permset_put(struct permset *set);

static inline uint16_t permset_owner(const struct permset *set)
{
	return set->perms[0].domid;
}

/* True if the set names @domid in an entry that counts. */
bool permset_names(const struct permset *set, uint16_t domid);

/* True if any set in use names @domid. */
bool permset_any_names(uint16_t domid);

/* Sets the bit (LSB first) of every domain named by a set in use. */
void permset_collect_domids(uint8_t bits[(UINT16_MAX + 1) / 8]);

/*
 * The set without @domid's rights: its entries are dropped, and if it owns,
 * the owner is marked ignored.  A new reference, NULL if memory is short.
 */
struct permset *permset_without(struct permset *set, uint16_t domid);
