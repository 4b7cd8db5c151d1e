/* SPDX-License-Identifier: MIT */
/*
 * What the two Multiboot parsers have in common: they fill boot_info through
 * these functions, which copy everything out of the loader's memory.
 */
#pragma once

#include "platform/boot_info.h"

/* The hypervisor's command line and the loader's own name (NULL: unknown). */
void loader_set_cmdline(const char *text, const char *loader_name);

/* A module at [@start, @end) with its text; ones beyond BOOT_MAX_MODULES are dropped. */
void loader_add_module(u64 start, u64 end, const char *text, const char *loader_name);

void loader_add_memory(u64 start, u64 size, u32 type);

/* Keep a copy of the ACPI root pointer of @size bytes. */
void loader_set_rsdp(const void *rsdp, size_t size);

/* After the parser: build the final memory map. False if it had to be cut. */
bool loader_finish(void);

/*
 * Parse the loader's information.  @info is its physical address and @base
 * what must be added to a physical address to read it.
 */
void multiboot1_parse(u64 info, u64 base);
void multiboot2_parse(u64 info, u64 base);
