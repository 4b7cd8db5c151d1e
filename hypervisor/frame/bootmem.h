/* SPDX-License-Identifier: MIT */
/*
 * Memory before there is an allocator: ranges of free RAM, taken from the top.
 */
#pragma once

#include "lib/types.h"

/* Free RAM from boot_info: above 1 MiB, without image and modules. */
void bootmem_init(void);

/*
 * @size bytes of zeroed memory below the present limit, aligned; its address.
 * Panics when there is none: a machine that small cannot run anything.
 */
u64 bootmem_take(u64 size, u64 align);

/* As above, but 0 if no such piece is left. */
u64 bootmem_try(u64 size, u64 align);

/* Take only below @limit (the part of the direct map that exists). */
void bootmem_set_limit(u64 limit);

/* Give what is left to the allocator; afterwards bootmem_active() is false. */
void bootmem_release(void);
bool bootmem_active(void);
