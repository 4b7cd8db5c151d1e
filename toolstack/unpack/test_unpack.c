/* SPDX-License-Identifier: MIT */
/*
 * Proofs about unpack: each format comes back byte for byte, and no damage to
 * an image costs more than an error (the build has ASan and UBSan).
 */
#include "unpack.h"

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lz4hc.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#define KERNEL_LEN (9U << 20) /* over LZ4's block of 8 MiB */
#define PAYLOAD_AT 0x400U

static uint8_t *kernel;
static uint8_t *image;
static size_t image_len;

/* Compressible, yet never the same for long. */
static void kernel_make(void)
{
	uint32_t x = 1;
	size_t i;

	kernel = malloc(KERNEL_LEN);
	ck_assert_ptr_nonnull(kernel);
	for (i = 0; i < KERNEL_LEN; i++) {
		if (!(i & 15))
			x = x * 1664525 + 1013904223;
		kernel[i] = (uint8_t)(x >> (24 - (i & 7)));
	}
	memcpy(kernel, "\177ELF", 4);
}

static void put_le32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static size_t pack_gzip(uint8_t *out, size_t cap)
{
	z_stream z = { 0 };

	ck_assert_int_eq(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = kernel;
	z.avail_in = KERNEL_LEN;
	z.next_out = out;
	z.avail_out = (uInt)cap;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static size_t pack_xz(uint8_t *out, size_t cap)
{
	size_t pos = 0;

	ck_assert_int_eq(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, kernel, KERNEL_LEN, out,
						 &pos, cap),
			 LZMA_OK);
	return pos;
}

static size_t pack_zstd(uint8_t *out, size_t cap)
{
	size_t n = ZSTD_compress(out, cap, kernel, KERNEL_LEN, 1);

	ck_assert(!ZSTD_isError(n));
	return n;
}

static size_t pack_lz4(uint8_t *out, size_t cap)
{
	size_t pos = 4, done = 0;

	put_le32(out, 0x184c2102);
	while (done < KERNEL_LEN) {
		size_t part = KERNEL_LEN - done < (8U << 20) ? KERNEL_LEN - done : 8U << 20;
		int n = LZ4_compress_default((char *)kernel + done, (char *)out + pos + 4,
					     (int)part, (int)(cap - pos - 4));

		ck_assert_int_gt(n, 0);
		put_le32(out + pos, (uint32_t)n);
		pos += 4 + (size_t)n;
		done += part;
	}
	return pos;
}

static size_t (*const packers[])(uint8_t *out, size_t cap) = { pack_gzip, pack_xz, pack_zstd,
							       pack_lz4 };

/* A bzImage of one setup sector with @pack's payload at PAYLOAD_AT. */
static void image_make(size_t (*pack)(uint8_t *out, size_t cap))
{
	size_t cap = KERNEL_LEN + (1U << 20), n;

	image = calloc(1, PAYLOAD_AT + cap + 4);
	ck_assert_ptr_nonnull(image);
	image[0x1f1] = 1;
	memcpy(image + 0x202, "HdrS", 4);
	image[0x206] = 0x0f;
	image[0x207] = 0x02;
	n = pack(image + PAYLOAD_AT, cap);
	put_le32(image + PAYLOAD_AT + n, KERNEL_LEN);
	put_le32(image + 0x248, PAYLOAD_AT - 2 * 512);
	put_le32(image + 0x24c, (uint32_t)n + 4);
	image_len = PAYLOAD_AT + n + 4;
}

static void setup(void)
{
	kernel_make();
}

static void teardown(void)
{
	free(kernel);
	free(image);
	image = NULL;
}

START_TEST(each_format_comes_back_whole)
{
	void *out = NULL;
	size_t outlen = 0;

	image_make(packers[_i]);
	ck_assert(unpack_is_bzimage(image, image_len));
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), 0);
	ck_assert_uint_eq(outlen, KERNEL_LEN);
	ck_assert(!memcmp(out, kernel, KERNEL_LEN));
	free(out);
}
END_TEST

START_TEST(a_cut_image_is_an_error)
{
	void *out = NULL;
	size_t outlen, cut;
	int rc;

	image_make(packers[_i]);
	for (cut = 0; cut < image_len; cut += 1 + image_len / 97) {
		uint8_t *copy = malloc(cut ? cut : 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, image, cut);
		rc = unpack_bzimage(copy, cut, &out, &outlen);
		ck_assert_int_lt(rc, 0);
		ck_assert_ptr_null(out);
		free(copy);
	}
}
END_TEST

START_TEST(a_damaged_stream_does_no_harm)
{
	uint32_t x = 7;
	int n;

	image_make(packers[_i]);
	for (n = 0; n < 40; n++) {
		void *out = NULL;
		size_t outlen, at;
		uint8_t was;

		x = x * 1664525 + 1013904223;
		at = PAYLOAD_AT + x % (n < 20 ? 64 : image_len - PAYLOAD_AT);
		was = image[at];
		image[at] ^= (uint8_t)(1U << (x >> 29));
		/* Formats without a checksum may well accept it; only harm counts. */
		if (!unpack_bzimage(image, image_len, &out, &outlen))
			free(out);
		image[at] = was;
	}
}
END_TEST

START_TEST(header_lies_are_refused)
{
	size_t outlen;
	void *out = NULL;

	image_make(pack_lz4);

	put_le32(image + 0x248, 0xfffffff0);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EINVAL);
	put_le32(image + 0x248, 0);
	put_le32(image + 0x24c, (uint32_t)image_len);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EINVAL);
	put_le32(image + 0x24c, 4);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EINVAL);

	put_le32(image + 0x24c, (uint32_t)(image_len - PAYLOAD_AT));
	put_le32(image + image_len - 4, 0xffffffff);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EFBIG);
	put_le32(image + image_len - 4, 0);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EINVAL);
	put_le32(image + image_len - 4, KERNEL_LEN - 1);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EBADMSG);
	put_le32(image + image_len - 4, KERNEL_LEN + 1);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EBADMSG);

	memcpy(image + PAYLOAD_AT, "BZh9", 4);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -ENOTSUP);
	image[0x206] = 7;
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -ENOEXEC);
	ck_assert_ptr_null(out);
}
END_TEST

START_TEST(what_is_no_elf_is_refused)
{
	size_t outlen;
	void *out = NULL;

	kernel[0] = 0;
	image_make(pack_gzip);
	ck_assert_int_eq(unpack_bzimage(image, image_len, &out, &outlen), -EBADMSG);
}
END_TEST

START_TEST(every_error_has_a_sentence)
{
	const int all[] = { -ENOEXEC, -EINVAL, -EFBIG, -ENOTSUP, -EBADMSG, -ENOMEM };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ck_assert_uint_gt(strlen(unpack_strerror(all[i])), 10);
}
END_TEST

int main(void)
{
	const int formats = sizeof(packers) / sizeof(packers[0]);
	Suite *s = suite_create("unpack");
	TCase *t = tcase_create("unpack");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, each_format_comes_back_whole, 0, formats);
	tcase_add_loop_test(t, a_cut_image_is_an_error, 0, formats);
	tcase_add_loop_test(t, a_damaged_stream_does_no_harm, 0, formats);
	tcase_add_test(t, header_lies_are_refused);
	tcase_add_test(t, what_is_no_elf_is_refused);
	tcase_add_test(t, every_error_has_a_sentence);
	suite_add_tcase(s, t);

	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
