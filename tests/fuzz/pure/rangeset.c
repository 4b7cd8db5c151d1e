/* SPDX-License-Identifier: MIT */
/* sources: domain/rangeset.c */
/* Ranges beside a plain array of what is in. */
#include "domain/rangeset.h"

#include "frame/alloc.h"
#include "pure.h"
#include <stdlib.h>
#include <string.h>

/* The part's own memory, which may run out. */
static unsigned int allowed;

void *alloc_bytes(size_t size)
{
	return allowed && --allowed ? calloc(1, size) : NULL;
}

void alloc_free_bytes(void *p)
{
	free(p);
}

void fuzz(struct input *in)
{
	struct rangeset s = { 0 };
	bool model[256] = { false };

	allowed = 1 + (unsigned int)take(in, 1);
	while (in->left) {
		unsigned int op = (unsigned int)take(in, 1) % 3;
		unsigned int first = (unsigned int)take(in, 1), last = (unsigned int)take(in, 1);
		bool all = first <= last;
		int rc;

		for (unsigned int i = first; i <= last; i++)
			all &= model[i];
		if (op == 2) {
			if (first <= last)
				must(rangeset_contains(&s, first, last) == all);
			continue;
		}
		rc = op ? rangeset_add(&s, first, last) : rangeset_remove(&s, first, last);
		if (first > last)
			must(rc);
		else if (!rc)
			memset(model + first, (int)op, last - first + 1);
		for (u32 i = 0; i < s.nr; i++)
			must(s.ranges[i].first <= s.ranges[i].last &&
			     (!i || s.ranges[i - 1].last + 1 < s.ranges[i].first));
	}
	for (unsigned int i = 0; i < 256; i++)
		must(rangeset_contains(&s, i, i) == model[i]);
	rangeset_free(&s);
}
