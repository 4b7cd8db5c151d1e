/* SPDX-License-Identifier: MIT */
/*
 * A guest's kernel and ramdisk as files: opened, unpacked, checked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "diag/diag.h"
#include "kernel/elf.h"
#include "kernel/notes.h"

/* A file's bytes: mapped, or in memory of our own. */
struct kernel_file {
	const void *data;
	size_t size;
	void *mapping; /* to unmap, or NULL */
	void *buffer;  /* to free, or NULL */
	int fd;	       /* of the file that data mirrors, or -1 */
};

struct kernel {
	struct kernel_file file;
	struct elf_image elf;
	struct pv_notes notes;
	bool unpacked; /* was a bzImage that had to be unpacked now */
};

/*
 * kernel_file_open - map a file.
 * @path: read-only, empty files are refused; @role: "kernel" or "ramdisk", for the message.
 */
int kernel_file_open(struct kernel_file *f, const char *path, const char *role, struct diag *d);
void kernel_file_close(struct kernel_file *f);

/*
 * kernel_open - open an ELF or bzImage kernel and read its notes.
 * A bzImage is unpacked once and the result kept below @cache (NULL for no
 * cache), so that the next start of the same file skips the unpacking; an
 * entry is named after device, inode, size and times of the file it came from.
 */
int kernel_open(struct kernel *k, const char *path, const char *cache, struct diag *d);
void kernel_close(struct kernel *k);

/*
 * kernel_file_copy - copy part of a file to memory.
 * Reads straight from the page cache where the bytes mirror a file, which
 * spares a page fault for every page.  [offset, offset + len) lies in the file.
 * Returns 0 or a negative errno.
 */
int kernel_file_copy(const struct kernel_file *f, void *to, size_t offset, size_t len);
