/* SPDX-License-Identifier: MIT */
/*
 * A set of numbers kept as sorted ranges.
 */
#include "domain/rangeset.h"

#include "abi/error.h"
#include "frame/alloc.h"
#include "lib/string.h"

#define ROOM_FIRST 16
#define ROOM_MAX   4096 /* more would take too long to move */

void rangeset_free(struct rangeset *s)
{
	alloc_free_bytes(s->ranges);
	*s = (struct rangeset){ 0 };
}

static int make_room(struct rangeset *s)
{
	u32 room = s->room ? s->room * 2 : ROOM_FIRST;
	struct range *r;

	if (s->nr < s->room)
		return 0;
	r = room > ROOM_MAX ? NULL : alloc_bytes(room * sizeof(*r));
	if (!r)
		return -ENOMEM;
	if (s->nr)
		memcpy(r, s->ranges, s->nr * sizeof(*r));
	alloc_free_bytes(s->ranges);
	s->ranges = r;
	s->room = room;
	return 0;
}

/* Index of the first range that ends at or after @value, or nr. */
static u32 find(const struct rangeset *s, u64 value)
{
	u32 lo = 0, hi = s->nr;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (s->ranges[mid].last < value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Replace ranges [@i, @j) by the @n at @with: n <= j - i + 1. */
static int __must_check splice(struct rangeset *s, u32 i, u32 j, const struct range *with, u32 n)
{
	int rc = n > j - i ? make_room(s) : 0;

	if (rc)
		return rc;
	if (j < s->nr)
		memmove(s->ranges + i + n, s->ranges + j, (s->nr - j) * sizeof(*s->ranges));
	if (n)
		memcpy(s->ranges + i, with, n * sizeof(*with));
	s->nr = s->nr - (j - i) + n;
	return 0;
}

int rangeset_add(struct rangeset *s, u64 first, u64 last)
{
	struct range merged = { first, last };
	u32 i, j;

	if (last < first)
		return -EINVAL;
	i = find(s, first ? first - 1 : 0);
	for (j = i; j < s->nr && (last == ~0ULL || s->ranges[j].first <= last + 1); j++) {
		merged.first = MIN(merged.first, s->ranges[j].first);
		merged.last = MAX(merged.last, s->ranges[j].last);
	}
	return splice(s, i, j, &merged, 1);
}

int rangeset_remove(struct rangeset *s, u64 first, u64 last)
{
	struct range rest[2];
	u32 i, j, n = 0;

	if (last < first)
		return -EINVAL;
	i = find(s, first);
	for (j = i; j < s->nr && s->ranges[j].first <= last; j++) {
		struct range r = s->ranges[j];

		if (r.first < first)
			rest[n++] = (struct range){ r.first, first - 1 };
		if (r.last > last)
			rest[n++] = (struct range){ last + 1, r.last };
	}
	return splice(s, i, j, rest, n);
}

bool rangeset_contains(const struct rangeset *s, u64 first, u64 last)
{
	u32 i = find(s, first);

	return first <= last && i < s->nr && s->ranges[i].first <= first && s->ranges[i].last >= last;
}
