/* SPDX-License-Identifier: MIT */
/*
 * How much memory dom0 gets, and getting it.
 */
#pragma once

#include "domain/domain.h"

/* Frames dom0 starts with and may have at most, by `dom0_mem=` or the default. */
void memory_dom0_size(u64 *nr_pages, u64 *max_pages);

/*
 * Allocate @nr frames to @d in the largest pieces there are and list their
 * mfns in @p2m; sets the machine-to-physical table.  Content is whatever memory
 * held before: the control domain may read all of it anyway.  Panics when short.
 */
void memory_dom0_populate(struct domain *d, u64 *p2m, u64 nr);
