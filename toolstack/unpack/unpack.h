/* SPDX-License-Identifier: MIT */
/*
 * From bzImage to ELF.
 * Linux ships its kernel compressed inside a self-extracting boot image; a PV
 * domain is started from the ELF file within, so the loader takes it out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The largest kernel we agree to unpack, in bytes.  The size stands in the
 * image, which a guest's owner may have made: without a bound, 100 bytes of
 * input could ask for 4 GiB of the control domain's memory.
 */
#define UNPACK_SIZE_MAX (256UL << 20)

/* Whether the @len bytes at @in start like an x86 bzImage (protocol 2.08+). */
bool unpack_is_bzimage(const void *in, size_t len);

/*
 * Take the kernel out of a bzImage compressed with gzip, xz, zstd or lz4.
 *
 * @in, @len: the whole image; only read, and not kept.
 * @out, @outlen: on success a malloc()ed buffer, which the caller frees, and
 *	its size in bytes; it starts with the ELF magic.  Untouched on error.
 *
 * Pure: no I/O, no globals; safe from several threads and for hostile input.
 *
 * 0, or a negative errno value:
 *   -ENOEXEC	not a bzImage, or one older than protocol 2.08
 *   -EINVAL	header names a payload outside the image, or one without size
 *   -EFBIG	the kernel would be larger than UNPACK_SIZE_MAX
 *   -ENOTSUP	compressed by something else (bzip2, lzma, lzo)
 *   -EBADMSG	the compressed data is damaged, or holds no ELF file
 *   -ENOMEM	no memory
 */
int unpack_bzimage(const void *in, size_t len, void **out, size_t *outlen);

/* A sentence for an error of unpack_bzimage(); a constant string, no newline. */
const char *unpack_strerror(int rc);
