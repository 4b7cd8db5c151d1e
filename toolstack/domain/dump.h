/* SPDX-License-Identifier: MIT */
/*
 * A guest's memory and registers into a file, for crash(8) and gdb.
 */
#pragma once

#include <stdbool.h>

#include "domain/find.h"
#include "domain/host.h"

/*
 * dump_guest - write a core dump.
 * The guest stands still meanwhile unless @live.  The file appears under its
 * name when it is whole, readable by its owner only.  @pages, if not NULL,
 * gets how many pages it holds.
 * Returns 0, or -1 with @d set.
 */
int dump_guest(struct host *h, const struct found_guest *g, const char *path, bool live,
	       size_t *pages, struct diag *d);
