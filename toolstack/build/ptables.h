/* SPDX-License-Identifier: MIT */
/*
 * The initial page tables of a guest, written into plain memory.  Pure.
 */
#pragma once

#include <stdint.h>

#include "build/plan.h"

#define PTABLES_ENTRIES 512

/*
 * ptables_write - fill in all tables of a plan.
 * @mfns: machine frame of every page of the guest, at least end_pfn entries.
 * @region: memory of the p->pt_frames pages from p->root_pfn on.
 * @list: memory of the tables behind the frame list, or NULL if there are none.
 * Every page is written in full.  Pages that hold tables are mapped read-only,
 * as direct paging demands; all others are writable.
 */
void ptables_write(const struct plan *p, const uint64_t *mfns, uint64_t *region, uint64_t *list);
