/* SPDX-License-Identifier: MIT */
/*
 * Windows on device memory, by way of who can make them.
 */
#include "platform/mmio.h"

#define PHYS_BITS 52

static void *(*map_hook)(u64 phys, u64 size);
static bool (*is_ram_hook)(mfn_t m);

void mmio_register(void *(*map)(u64 phys, u64 size), bool (*is_ram)(mfn_t m))
{
	map_hook = map;
	is_ram_hook = is_ram;
}

void *mmio_map(u64 phys, u64 size)
{
	u64 offset = phys & (PAGE_SIZE - 1);
	char *va;

	if (!map_hook || phys >> PHYS_BITS || size > (1UL << PHYS_BITS) - phys)
		return NULL;
	va = map_hook(phys - offset, ROUND_UP(offset + size, PAGE_SIZE));
	return va ? va + offset : NULL;
}

bool mmio_is_ram(mfn_t m)
{
	return is_ram_hook && is_ram_hook(m);
}
