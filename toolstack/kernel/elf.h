/* SPDX-License-Identifier: MIT */
/*
 * ELF files as hostile input.  The file may come from a guest's owner, so
 * every offset, size and sum in it is checked before it is used, and nothing
 * in it decides how much memory or time we spend.  Pure: bytes in, struct out.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* More loadable segments or note areas than any kernel has. */
#define ELF_MAX_LOADS 32
#define ELF_MAX_NOTES 64

/* A kernel's image, from first to last byte in memory, may not be larger. */
#define ELF_MAX_SPAN (1UL << 30)

/* A loadable segment; file ranges are known to lie in the file. */
struct elf_load {
	uint64_t offset; /* bytes into the file */
	uint64_t filesz; /* bytes taken from the file */
	uint64_t paddr;	 /* physical address of the first byte */
	uint64_t memsz;	 /* bytes in memory, zero beyond filesz */
};

/* An area of notes inside the file. */
struct elf_area {
	uint64_t offset;
	uint64_t size;
};

struct elf_image {
	uint64_t entry;
	uint64_t paddr_start; /* lowest loaded address */
	uint64_t paddr_end;   /* first address beyond the image */
	size_t nr_loads;
	struct elf_load loads[ELF_MAX_LOADS];
	size_t nr_notes;
	struct elf_area notes[ELF_MAX_NOTES];
};

/*
 * elf_parse - check a 64-bit x86 executable and list what to load.
 * @file, @size: the whole file; only read.
 * Returns NULL on success, else a sentence that says what is wrong with it.
 */
const char *elf_parse(const void *file, size_t size, struct elf_image *img);
