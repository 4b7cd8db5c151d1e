/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader handed over, whichever protocol it spoke.
 *
 * Filled by boot/ before anything else runs; addresses are physical.
 */
#pragma once

#include "lib/types.h"

#define BOOT_MAX_MODULES 8
#define BOOT_MAX_MEMMAP	 128

enum boot_mem_type {
	BOOT_MEM_RAM = 1,
	BOOT_MEM_RESERVED,
	BOOT_MEM_ACPI,
	BOOT_MEM_NVS,
	BOOT_MEM_BAD
};

struct boot_mem {
	u64 start, size; /* bytes */
	u32 type;	 /* e820 numbering */
};

struct boot_module {
	u64 start, size;
	const char *cmdline; /* "" if none; copied out of the loader's memory */
};

struct boot_info {
	const char *loader; /* "multiboot1", "multiboot2" */
	char cmdline[1024]; /* without the image's own name */
	struct boot_module modules[BOOT_MAX_MODULES];
	unsigned int nr_modules;
	struct boot_mem memmap[BOOT_MAX_MEMMAP]; /* sorted, no overlap */
	unsigned int nr_memmap;
	u64 rsdp;	/* 0: search the BIOS area */
	u64 efi_systab; /* 0 under BIOS */
};

extern struct boot_info boot_info;
