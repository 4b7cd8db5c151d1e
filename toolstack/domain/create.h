/* SPDX-License-Identifier: MIT */
/*
 * From a configuration to a running guest.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/guest.h"
#include "domain/host.h"

struct create_result {
	uint32_t domid;
	bool kernel_unpacked; /* had to be unpacked, was not in the cache */
	/* Milliseconds: kernel and ramdisk opened, domain built, store written. */
	double open_ms, build_ms, store_ms;
};

/*
 * create_guest - build a guest and leave it paused.
 * On error nothing is left of it.
 */
int create_guest(struct host *h, const struct guest_config *g, struct create_result *res,
		 struct diag *d);

/*
 * create_check - everything that can be known without making anything: files,
 * layout, name, free memory.  For `--dry-run`.
 */
int create_check(struct host *h, const struct guest_config *g, struct diag *d);

/* create_undo - remove a guest made by create_guest(). */
void create_undo(struct host *h, const struct guest_config *g, uint32_t domid);
