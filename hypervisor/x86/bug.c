/* SPDX-License-Identifier: MIT */
/*
 * Looking up failed assertions.
 */
#include "x86/bug.h"

extern const struct bug_entry bug_table_start[], bug_table_end[];

const struct bug_entry *bug_find(u64 rip)
{
	const struct bug_entry *e;

	for (e = bug_table_start; e < bug_table_end; e++)
		if (e->rip == rip)
			return e;
	return NULL;
}
