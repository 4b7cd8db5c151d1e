/* SPDX-License-Identifier: MIT */
/*
 * Multiboot 2 information (section 3.6 of the specification): what GRUB's
 * `multiboot2` hands over, from BIOS or UEFI.
 */
#include "boot/loader.h"

enum tag_type {
	TAG_END = 0,
	TAG_CMDLINE = 1,
	TAG_NAME = 2,
	TAG_MODULE = 3,
	TAG_MEMMAP = 6,
	TAG_EFI64 = 12,
	TAG_RSDP_V1 = 14,
	TAG_RSDP_V2 = 15,
};

struct tag {
	u32 type, size; /* size without the padding to 8 */
};

struct tag_module {
	struct tag tag;
	u32 start, end;
	char text[];
};

struct tag_memmap {
	struct tag tag;
	u32 entry_size, version;
};

struct memory {
	u64 start, length;
	u32 type, reserved;
};

static void __init add_memmap(const struct tag_memmap *t)
{
	if (t->entry_size < sizeof(struct memory))
		return;
	for (u32 at = sizeof(*t); at + t->entry_size <= t->tag.size; at += t->entry_size) {
		const struct memory *m = (const void *)((const char *)t + at);

		loader_add_memory(m->start, m->length, m->type);
	}
}

static void __init add_tag(const struct tag *t)
{
	const struct tag_module *m = (const void *)t;

	/* Every loader of this protocol leaves the file's name out, as GRUB 2 does. */
	switch (t->type) {
	case TAG_CMDLINE: loader_set_cmdline((const char *)(t + 1), "GRUB 2"); break;
	case TAG_MODULE: loader_add_module(m->start, m->end, m->text, "GRUB 2"); break;
	case TAG_MEMMAP: add_memmap((const void *)t); break;
	case TAG_EFI64: boot_info.efi_systab = *(const u64 *)(t + 1); break;
	case TAG_RSDP_V1:
		if (!boot_info.rsdp)
			loader_set_rsdp(t + 1, t->size - sizeof(*t));
		break;
	case TAG_RSDP_V2: loader_set_rsdp(t + 1, t->size - sizeof(*t)); break;
	}
}

void __init multiboot2_parse(u64 info, u64 base)
{
	u32 total = *(const u32 *)(base + info);

	boot_info.loader = "multiboot2";
	for (u32 at = 8; at + sizeof(struct tag) <= total;) {
		const struct tag *t = (const void *)(base + info + at);

		if (t->type == TAG_END || t->size < sizeof(*t) || t->size > total - at)
			break;
		add_tag(t);
		at += ROUND_UP(t->size, 8u);
	}
}
