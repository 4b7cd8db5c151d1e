/* SPDX-License-Identifier: MIT */
/*
 * Changing how much memory a domain has: populate, increase, decrease,
 * exchange, claim.
 */
#pragma once

#include "lib/types.h"

/* The command's low bits; above them, extents done before a restart. */
#define MEMOP_EXTENT_SHIFT 6
#define MEMOP_CMD_MASK	   ((1U << MEMOP_EXTENT_SHIFT) - 1)

/*
 * XENMEM_{increase,decrease}_reservation and _populate_physmap: @op with the
 * structure at guest address @arg, the first @done extents being done already.
 * Returns the number of extents done, -errno, or -ERESTART with restart
 * arguments set.
 */
long reservation_change(u32 op, u64 arg, u64 done);

/* XENMEM_exchange; progress is in the structure's nr_exchanged. */
long reservation_exchange(u64 arg);

/* XENMEM_claim_pages. */
long reservation_claim(u64 arg);
