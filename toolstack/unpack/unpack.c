/* SPDX-License-Identifier: MIT */
/*
 * From bzImage to ELF.
 * Finds the payload by the boot protocol's header and picks the decompressor.
 *
 * The layout is Documentation/x86/boot.rst of Linux: a boot sector whose byte
 * 0x1f1 counts the real-mode sectors behind it, then the protected-mode part,
 * in which payload_offset and payload_length mark the compressed kernel.  All
 * of it may be made up by somebody who wants to harm the tool that reads it.
 */
#include "unpack.h"

#include "codec.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR		   512U
#define SETUP_SECTS_OFF	   0x1f1U
#define HEADER_MAGIC_OFF   0x202U
#define VERSION_OFF	   0x206U
#define PAYLOAD_OFFSET_OFF 0x248U
#define PAYLOAD_LENGTH_OFF 0x24cU
#define HEADER_END	   0x250U
#define VERSION_PAYLOAD	   0x0208U

struct unpack_format {
	const char *magic;
	size_t magic_len;
	codec_fn *codec;
};

/* A format without a codec is one we recognise, to say so. */
static const struct unpack_format formats[] = {
	{ "\037\213", 2, codec_gzip },
	{ "\xfd"
	  "7zXZ\0",
	  6, codec_xz },
	{ "\x28\xb5\x2f\xfd", 4, codec_zstd },
	{ "\x02\x21\x4c\x18", 4, codec_lz4 },
	{ "BZh", 3, NULL },
	{ "\x5d\0\0", 3, NULL },
	{ "\x89LZO", 4, NULL },
};

static uint16_t read_le16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static uint32_t read_le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

bool unpack_is_bzimage(const void *in, size_t len)
{
	const uint8_t *image = in;

	return len >= HEADER_END && !memcmp(image + HEADER_MAGIC_OFF, "HdrS", 4) &&
	       read_le16(image + VERSION_OFF) >= VERSION_PAYLOAD;
}

/* Sets @payload to the compressed bytes inside the image; 0 or -EINVAL. */
static int unpack_find_payload(const uint8_t *image, size_t len, const uint8_t **payload,
			       size_t *payload_len)
{
	uint32_t offset = read_le32(image + PAYLOAD_OFFSET_OFF);
	uint32_t length = read_le32(image + PAYLOAD_LENGTH_OFF);
	uint32_t sectors = image[SETUP_SECTS_OFF];
	size_t start;

	/* Zero means four, since the protocol's first days. */
	if (!sectors)
		sectors = 4;
	start = (size_t)(sectors + 1) * SECTOR;

	if (start > len || offset > len - start || length > len - start - offset)
		return -EINVAL;
	/* The last word of the payload is the size of what it unpacks to. */
	if (length <= sizeof(uint32_t))
		return -EINVAL;

	*payload = image + start + offset;
	*payload_len = length;
	return 0;
}

static const struct unpack_format *unpack_find_format(const uint8_t *in, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (len >= formats[i].magic_len && !memcmp(in, formats[i].magic, formats[i].magic_len))
			return &formats[i];
	return NULL;
}

int unpack_bzimage(const void *in, size_t len, void **out, size_t *outlen)
{
	const struct unpack_format *format;
	size_t payload_len, size, got = 0;
	const uint8_t *payload;
	uint8_t *buf;
	int rc;

	if (!unpack_is_bzimage(in, len))
		return -ENOEXEC;
	rc = unpack_find_payload(in, len, &payload, &payload_len);
	if (rc)
		return rc;
	format = unpack_find_format(payload, payload_len);
	if (!format || !format->codec)
		return -ENOTSUP;

	size = read_le32(payload + payload_len - sizeof(uint32_t));
	if (!size)
		return -EINVAL;
	if (size > UNPACK_SIZE_MAX)
		return -EFBIG;

	buf = malloc(size);
	if (!buf)
		return -ENOMEM;
	rc = format->codec(payload, payload_len, buf, size, &got);
	/*
	 * Linux appends relocations behind the ELF file when it may be moved,
	 * and the size covers them; so the size has to match exactly.
	 */
	if (!rc && (got != size || size < 4 || memcmp(buf, "\177ELF", 4)))
		rc = -EBADMSG;
	if (rc) {
		free(buf);
		return rc;
	}

	*out = buf;
	*outlen = size;
	return 0;
}

const char *unpack_strerror(int rc)
{
	switch (rc) {
	case 0: return "no error";
	case -ENOEXEC: return "not a bzImage of boot protocol 2.08 or later";
	case -EINVAL: return "the image's header points outside the image";
	case -EFBIG: return "the kernel unpacks to more than 256 MiB";
	case -ENOTSUP: return "the kernel is not compressed with gzip, xz, zstd or lz4";
	case -EBADMSG: return "the compressed kernel is damaged or holds no ELF file";
	case -ENOMEM: return "not enough memory";
	default: return strerror(-rc);
	}
}
