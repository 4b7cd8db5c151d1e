/* SPDX-License-Identifier: MIT */
/*
 * Decompressors with one shape.
 * Thin calls into zlib, liblzma, libzstd and liblz4.
 */
#include "codec.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

/* What unpacking a kernel may cost in dictionaries; `xz -9` needs 65 MiB. */
#define CODEC_XZ_MEMORY (128UL << 20)

int codec_gzip(const uint8_t *in, size_t len, uint8_t *out, size_t cap, size_t *outlen)
{
	z_stream z = { 0 };
	int r;

	if (len > UINT_MAX || cap > UINT_MAX)
		return -EBADMSG;

	/* 15 bits of window, and 16 asks zlib for the gzip wrapper. */
	r = inflateInit2(&z, 15 + 16);
	if (r != Z_OK)
		return r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;

	z.next_in = (Bytef *)(uintptr_t)in;
	z.avail_in = len;
	z.next_out = out;
	z.avail_out = cap;
	r = inflate(&z, Z_FINISH);
	*outlen = z.total_out;
	inflateEnd(&z);

	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	return r == Z_STREAM_END ? 0 : -EBADMSG;
}

int codec_xz(const uint8_t *in, size_t len, uint8_t *out, size_t cap, size_t *outlen)
{
	uint64_t memory = CODEC_XZ_MEMORY;
	size_t in_pos = 0;
	lzma_ret r;

	*outlen = 0;
	r = lzma_stream_buffer_decode(&memory, 0, NULL, in, &in_pos, len, out, outlen, cap);
	if (r == LZMA_MEM_ERROR)
		return -ENOMEM;
	return r == LZMA_OK ? 0 : -EBADMSG;
}

int codec_zstd(const uint8_t *in, size_t len, uint8_t *out, size_t cap, size_t *outlen)
{
	size_t frame, r;

	/* ZSTD_decompress() refuses what follows the frame, so cut it off. */
	frame = ZSTD_findFrameCompressedSize(in, len);
	if (ZSTD_isError(frame))
		return -EBADMSG;

	r = ZSTD_decompress(out, cap, in, frame);
	if (ZSTD_isError(r))
		return -EBADMSG;
	*outlen = r;
	return 0;
}

/*
 * The kernel uses LZ4's legacy frame: a magic number, then blocks, each with
 * its compressed size in front, independent of each other.  There is no end
 * mark.  Linux's appended size word would read as one more block header, so
 * the walk ends when @out is full.
 */
int codec_lz4(const uint8_t *in, size_t len, uint8_t *out, size_t cap, size_t *outlen)
{
	const size_t block_max = 8U << 20;
	size_t pos = 4, done = 0;
	uint32_t block;
	int r;

	while (done < cap) {
		size_t room = cap - done;

		if (len < 4 || pos > len - 4)
			return -EBADMSG;
		memcpy(&block, in + pos, sizeof(block));
		pos += 4;
		if (block > len - pos || block > INT_MAX)
			return -EBADMSG;

		if (room > block_max)
			room = block_max;
		r = LZ4_decompress_safe((const char *)in + pos, (char *)out + done, (int)block,
					(int)room);
		if (r <= 0)
			return -EBADMSG;
		pos += block;
		done += (size_t)r;
	}

	*outlen = done;
	return 0;
}
