/* SPDX-License-Identifier: MIT */
/*
 * lamina-unpack: take the ELF kernel out of a bzImage.
 * A boot loader calls no decompressor for modules, so dom0's kernel is
 * unpacked once, when it is installed.
 */
#include "unpack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Reads the whole of @path; the caller frees.  NULL with errno set. */
static void *file_read(const char *path, size_t *len)
{
	struct stat st;
	void *buf;
	FILE *f;

	f = fopen(path, "rb");
	if (!f)
		return NULL;
	if (fstat(fileno(f), &st))
		goto undo_open;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0) {
		errno = EINVAL;
		goto undo_open;
	}
	buf = malloc((size_t)st.st_size);
	if (!buf)
		goto undo_open;
	*len = fread(buf, 1, (size_t)st.st_size, f);
	if (ferror(f)) {
		free(buf);
		goto undo_open;
	}
	fclose(f);
	return buf;

undo_open:
	fclose(f);
	return NULL;
}

static int file_write(const char *path, const void *buf, size_t len)
{
	FILE *f = fopen(path, "wb");
	int rc = 0;

	if (!f)
		return -errno;
	if (fwrite(buf, 1, len, f) != len)
		rc = -errno;
	if (fclose(f) && !rc)
		rc = -errno;
	if (rc)
		remove(path);
	return rc;
}

int main(int argc, char **argv)
{
	size_t len, outlen;
	void *in, *out;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: lamina-unpack BZIMAGE ELF\n"
				"Takes the ELF kernel out of a Linux bzImage.\n");
		return 2;
	}

	in = file_read(argv[1], &len);
	if (!in) {
		fprintf(stderr, "lamina-unpack: cannot read %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	rc = unpack_bzimage(in, len, &out, &outlen);
	free(in);
	if (rc) {
		fprintf(stderr, "lamina-unpack: %s: %s\n", argv[1], unpack_strerror(rc));
		return 1;
	}
	rc = file_write(argv[2], out, outlen);
	free(out);
	if (rc) {
		fprintf(stderr, "lamina-unpack: cannot write %s: %s\n", argv[2], strerror(-rc));
		return 1;
	}
	return 0;
}
