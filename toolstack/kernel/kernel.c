/* SPDX-License-Identifier: MIT */
/*
 * A guest's kernel and ramdisk as files.
 */
#include "kernel/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/cache.h"
#include "unpack/unpack.h"

int kernel_file_open(struct kernel_file *f, const char *path, const char *role, struct diag *d)
{
	struct stat st;
	int err;

	memset(f, 0, sizeof(*f));
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		goto fail;
	if (fstat(f->fd, &st) < 0)
		goto fail;
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		diag_fail(d, DIAG_CONFIG, "cannot use %s %s", role, path);
		diag_why(d, "%s", st.st_size ? "it is not a regular file" : "the file is empty");
		kernel_file_close(f);
		return -1;
	}
	f->size = (size_t)st.st_size;
	f->mapping = mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, f->fd, 0);
	if (f->mapping == MAP_FAILED) {
		f->mapping = NULL;
		goto fail;
	}
	f->data = f->mapping;
	return 0;

fail:
	err = errno;
	kernel_file_close(f);
	diag_fail(d, DIAG_CONFIG, "cannot open %s %s", role, path);
	diag_why(d, "%s", strerror(err));
	if (err == ENOENT)
		diag_hint(d,
			  "correct `%s = \"...\"` in the configuration; relative paths start "
			  "where lamina was run",
			  role);
	return -1;
}

void kernel_file_close(struct kernel_file *f)
{
	if (f->mapping)
		munmap(f->mapping, f->size);
	free(f->buffer);
	if (f->fd >= 0)
		close(f->fd);
	memset(f, 0, sizeof(*f));
	f->fd = -1;
}

int kernel_file_copy(const struct kernel_file *f, void *to, size_t offset, size_t len)
{
	char *out = to;

	if (f->fd < 0) {
		memcpy(out, (const char *)f->data + offset, len);
		return 0;
	}
	while (len > 0) {
		ssize_t n = pread(f->fd, out, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO; /* the file shrank under us */
		out += n;
		offset += (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Replaces the compressed file by what is inside it. */
static int unpack(struct kernel *k, const char *path, const char *cache, struct diag *d)
{
	struct kernel_file elf = { .fd = -1 };
	char entry[CACHE_PATH_MAX];
	bool named = cache && cache_path(entry, cache, k->file.fd) == 0;
	size_t size;
	void *data;
	int rc;

	if (named && cache_lookup(entry, &elf.fd, &elf.size) == 0) {
		elf.mapping = mmap(NULL, elf.size, PROT_READ, MAP_PRIVATE, elf.fd, 0);
		if (elf.mapping != MAP_FAILED) {
			elf.data = elf.mapping;
			kernel_file_close(&k->file);
			k->file = elf;
			return 0;
		}
		close(elf.fd);
	}

	rc = unpack_bzimage(k->file.data, k->file.size, &data, &size);
	if (rc) {
		diag_fail(d, DIAG_CONFIG, "cannot unpack kernel %s", path);
		diag_why(d, "%s", unpack_strerror(rc));
		diag_hint(d, "check the file; an uncompressed vmlinux also does");
		return -1;
	}
	if (named)
		cache_store(entry, data, size);
	kernel_file_close(&k->file);
	k->file = (struct kernel_file){ .data = data, .buffer = data, .size = size, .fd = -1 };
	k->unpacked = true;
	return 0;
}

int kernel_open(struct kernel *k, const char *path, const char *cache, struct diag *d)
{
	const char *why;

	memset(k, 0, sizeof(*k));
	if (kernel_file_open(&k->file, path, "kernel", d))
		return -1;
	if (unpack_is_bzimage(k->file.data, k->file.size) && unpack(k, path, cache, d)) {
		kernel_close(k);
		return -1;
	}
	why = elf_parse(k->file.data, k->file.size, &k->elf);
	if (!why)
		why = notes_parse(k->file.data, &k->elf, &k->notes);
	if (why) {
		diag_fail(d, DIAG_CONFIG, "cannot start kernel %s", path);
		diag_why(d, "%s", why);
		diag_hint(d, "use a 64-bit Linux with CONFIG_XEN_PV=y, such as Debian's "
			     "/boot/vmlinuz-*-amd64");
		kernel_close(k);
		return -1;
	}
	return 0;
}

void kernel_close(struct kernel *k)
{
	kernel_file_close(&k->file);
}
