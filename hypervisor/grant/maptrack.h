/* SPDX-License-Identifier: MIT */
/*
 * Handles: what a domain has mapped of other domains' grants.
 */
#pragma once

#include "x86/spinlock.h"

struct domain;

struct maptrack_entry {
	u32 ref;   /* grant, or next free handle */
	u16 flags; /* GNTMAP_* still in effect (host, device, readonly, contains_pte); 0: free */
	u64 frame;
	struct domain *granter; /* a reference, so that its id cannot come to mean another */
};

struct maptrack {
	struct spinlock lock;
	unsigned int nr_pages, max_pages;
	struct maptrack_entry **pages;
	u32 free; /* first free handle, MAPTRACK_NONE if none */
};

#define MAPTRACK_NONE	  (~0U)
#define MAPTRACK_PER_PAGE (PAGE_SIZE / sizeof(struct maptrack_entry))

int maptrack_init(struct maptrack *m, unsigned int max_pages) __must_check;
void maptrack_free(struct maptrack *m);

/* A handle recording @e, or MAPTRACK_NONE. */
u32 maptrack_put(struct maptrack *m, const struct maptrack_entry *e) __must_check;

/*
 * Claim the parts @flags (host, device) of @handle: they are removed from the
 * entry, which is copied to *@e as it was.  False if the handle or a part is not in use.
 * A claimed part that could not be unmapped is given back by maptrack_restore().
 * maptrack_done() frees the handle if nothing of it is left.
 */
bool maptrack_claim(struct maptrack *m, u32 handle, u16 flags, struct maptrack_entry *e);
void maptrack_restore(struct maptrack *m, u32 handle, u16 flags);
void maptrack_done(struct maptrack *m, u32 handle);

/* First handle >= @from that has a part in use, or MAPTRACK_NONE. */
u32 maptrack_next(struct maptrack *m, u32 from);
