/* SPDX-License-Identifier: MIT */
/*
 * Decompressors with one shape.
 * Each turns one compressed stream into at most @cap bytes, by a library.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Decompress the stream that starts at @in into @out.
 *
 * Bytes behind the end of the stream are ignored: the kernel's build appends
 * the unpacked size to every format.  @out holds @cap bytes; *@outlen gets the
 * number written.
 *
 * 0; -EBADMSG when the stream is damaged or longer than @cap; -ENOMEM.
 */
typedef int codec_fn(const uint8_t *in, size_t len, uint8_t *out, size_t cap, size_t *outlen);

codec_fn codec_gzip;
codec_fn codec_xz;
codec_fn codec_zstd;
codec_fn codec_lz4;
