/* SPDX-License-Identifier: MIT */
/*
 * Where MSI-X tables are mapped.
 */
#pragma once

#include "lib/types.h"

/*
 * The page of device memory at @phys (page-aligned), mapped uncached; NULL if
 * there is no room.  Mappings are shared and kept for good.
 */
u8 *msi_table_map(u64 phys);
