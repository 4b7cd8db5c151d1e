/* SPDX-License-Identifier: MIT */
/*
 * Claims: memory promised to a domain before it is allocated, so that two
 * domains being built at once cannot both count on the last free frames.
 */
#pragma once

#include "domain/domain.h"

/*
 * Promise @d that it can have @pages in all (what it owns included); 0 takes
 * the promise back.  -ENOMEM if they are not free, -EINVAL if it owns as many
 * already or may not.
 */
int memory_claim_set(struct domain *d, u64 pages);

/* Whether @d may allocate @n frames now without touching what others were promised. */
bool memory_claim_allows(struct domain *d, u64 n);

/* @d has allocated @n frames: its claim shrinks. */
void memory_claim_use(struct domain *d, u64 n);

/* Frames promised and not yet allocated, over all domains. */
u64 memory_claim_total(void);
