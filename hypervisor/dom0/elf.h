/* SPDX-License-Identifier: MIT */
/*
 * Reading a 64-bit ELF kernel and its Xen notes.  Pure: works on bytes in
 * memory and trusts none of them.
 */
#pragma once

#include "lib/types.h"

struct elf_image {
	const u8 *data;
	u64 size;
	unsigned int nr_phdrs;
	u64 phoff;

	u64 paddr_start, paddr_end; /* loaded range, bytes, page-aligned end */

	/* from the notes; has_* where absence means something */
	u64 entry, virt_base, paddr_offset;
	u64 init_p2m, hypercall_page;
	bool has_init_p2m, has_hypercall_page, has_virt_base;
	bool mod_start_pfn;
	char guest_os[16];
};

struct elf_segment {
	const u8 *data; /* in the image */
	u64 paddr;	/* load address */
	u64 filesz, memsz;
};

/* Parse @size bytes at @data.  Returns NULL, or what is wrong with it. */
const char *elf_parse(struct elf_image *image, const void *data, u64 size);

/* Loadable segment number @i (0 .. nr_phdrs-1) into @seg; false if that header is not a load segment. */
bool elf_segment(const struct elf_image *image, unsigned int i, struct elf_segment *seg);
