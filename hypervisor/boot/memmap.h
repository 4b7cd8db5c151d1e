/* SPDX-License-Identifier: MIT */
/*
 * From the firmware's memory map to one that is sorted and free of overlap.
 */
#pragma once

#include "platform/boot_info.h"

#define MEMMAP_RAW_MAX 512

/*
 * Sort the @n entries of @raw (any order, overlapping, zero sizes, unknown
 * types) into @out: where entries disagree the most restrictive wins (bad,
 * NVS, ACPI, reserved, then RAM), neighbours of one type are joined.  At most
 * @max entries; what does not fit is left out from the top and false returned.
 * @n may be at most MEMMAP_RAW_MAX.
 */
bool memmap_build(const struct boot_mem *raw, unsigned int n, struct boot_mem *out,
		  unsigned int max, unsigned int *count);
