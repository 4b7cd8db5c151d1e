/* SPDX-License-Identifier: MIT */
/*
 * Windows on device memory and firmware tables.
 *
 * Mapping needs page tables, hence memory, which lie above the platform; boot/
 * registers who does it, as soon as it can be done.
 */
#pragma once

#include "lib/types.h"

/*
 * Map [@phys, @phys + @size), uncached, for good; any alignment.  NULL if there is
 * no room, or it is no physical address, or nobody has registered yet.
 */
void *mmio_map(u64 phys, u64 size);

/* Whether the frame is RAM that is given to guests, where no device can be. */
bool mmio_is_ram(mfn_t m);

/* @map takes whole pages. */
void mmio_register(void *(*map)(u64 phys, u64 size), bool (*is_ram)(mfn_t m));
