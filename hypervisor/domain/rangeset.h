/* SPDX-License-Identifier: MIT */
/*
 * A set of numbers kept as sorted, disjoint, non-adjacent ranges.
 */
#pragma once

#include "lib/types.h"

struct range {
	u64 first, last; /* inclusive */
};

struct rangeset {
	struct range *ranges;
	u32 nr, room;
};

/* An empty set is all zero. */
void rangeset_free(struct rangeset *s);

/* Add or remove [@first, @last]; -ENOMEM (also of 4096 ranges) leaves the set as it was, -EINVAL if last < first. */
int rangeset_add(struct rangeset *s, u64 first, u64 last) __must_check;
int rangeset_remove(struct rangeset *s, u64 first, u64 last) __must_check;

/* Whether all of [@first, @last] is in the set. */
bool rangeset_contains(const struct rangeset *s, u64 first, u64 last);
