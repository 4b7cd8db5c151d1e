/* SPDX-License-Identifier: MIT */
/*
 * A domain's grant table: the shared frames, and what is in use of them.
 *
 * For each entry in use the hypervisor keeps a private record: how often it is
 * mapped and copied, for whom, and which frame it named when first used.  The
 * shared entry is not believed again while the record counts.
 *
 * table.lock protects records, growth, and the in-use bits of shared entries.
 * It nests inside mm_lock and is held over no guest copy.
 */
#pragma once

#include "domain/domain.h"
#include "grant/maptrack.h"

struct grant_use {
	u32 readers, writers; /* uses in all, of each kind */
	u16 domid;	      /* grantee, while in use */
	mfn_t frame;
};

struct grant_domain {
	struct spinlock lock;
	unsigned int nr_frames, max_frames, leaving; /* leaving: still to be freed, at the end */
	grant_entry_v1_t **shared;		     /* [max_frames], pages */
	struct grant_use **uses; /* [max_frames], one array for each shared page */
	/*
	 * protects: handles of this domain from being found by another of its
	 * vCPUs while one maps or unmaps them; taken before mm_lock
	 */
	struct spinlock map_lock;
	struct maptrack maptrack;
};

#define GRANTS_PER_FRAME (PAGE_SIZE / sizeof(grant_entry_v1_t))

/* Grow to @frames shared frames. -EINVAL beyond the limit, -ENOMEM, -ERESTART: call again. */
int table_grow(struct domain *d, unsigned int frames) __must_check;

/*
 * Begin (end) a use of @ref of @d by domain @grantee; GNTST_* status.  On
 * success *@frame is the frame named, with no reference taken.
 */
s16 table_use(struct domain *d, u32 ref, u16 grantee, bool write, mfn_t *frame) __must_check;
void table_unuse(struct domain *d, u32 ref, bool write);
