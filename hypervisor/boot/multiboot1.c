/* SPDX-License-Identifier: MIT */
/*
 * Multiboot 0.6.96 information (section 3.3 of the specification): what QEMU's
 * -kernel and GRUB's `multiboot` hand over.
 */
#include "boot/loader.h"

#define INFO_MEMORY  (1u << 0)
#define INFO_CMDLINE (1u << 2)
#define INFO_MODULES (1u << 3)
#define INFO_MEMMAP  (1u << 6)
#define INFO_NAME    (1u << 9)

struct info {
	u32 flags;
	u32 mem_lower, mem_upper; /* KiB from 0, KiB from 1 MiB */
	u32 boot_device;
	u32 cmdline;
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
	u32 drives_length, drives_addr;
	u32 config_table;
	u32 loader_name;
};

struct module {
	u32 start, end, text, reserved;
};

struct memory {
	u32 size; /* of what follows */
	u64 start, length;
	u32 type;
} __packed;

void __init multiboot1_parse(u64 info, u64 base)
{
	const struct info *in = (const void *)(base + info);
	const char *name = in->flags & INFO_NAME ? (const char *)(base + in->loader_name) : NULL;

	boot_info.loader = "multiboot1";
	if (in->flags & INFO_CMDLINE)
		loader_set_cmdline((const char *)(base + in->cmdline), name);
	if (in->flags & INFO_MODULES) {
		const struct module *m = (const void *)(base + in->mods_addr);

		for (u32 i = 0; i < in->mods_count; i++)
			loader_add_module(m[i].start, m[i].end,
					  m[i].text ? (const char *)(base + m[i].text) : "", name);
	}
	if (in->flags & INFO_MEMMAP) {
		for (u32 at = 0; at + sizeof(struct memory) <= in->mmap_length;) {
			const struct memory *m = (const void *)(base + in->mmap_addr + at);

			loader_add_memory(m->start, m->length, m->type);
			at += m->size + sizeof(m->size);
		}
	} else if (in->flags & INFO_MEMORY) {
		loader_add_memory(0, (u64)in->mem_lower << 10, BOOT_MEM_RAM);
		loader_add_memory(0x100000, (u64)in->mem_upper << 10, BOOT_MEM_RAM);
	}
}
