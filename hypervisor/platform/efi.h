/* SPDX-License-Identifier: MIT */
/*
 * What is left of UEFI after boot services have gone: the system table.
 */
#pragma once

#include "lib/types.h"

struct efi_info {
	u32 revision;	   /* of the specification, from the table's header */
	u64 config_tables; /* physical address of the array */
	u32 nr_config_tables;
	u64 vendor; /* physical address of the UCS-2 name, 0: none */
};

/* False if the machine was not started by UEFI, or the table makes no sense. */
bool efi_get_info(struct efi_info *info);

/* Address in the configuration table with @guid, or 0. */
u64 efi_find_config_table(const u8 guid[16]);

/* Characters of the vendor's name into @name (NUL-terminated UCS-2); how many. */
unsigned int efi_vendor(u16 *name, unsigned int max);
