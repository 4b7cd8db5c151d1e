/* SPDX-License-Identifier: MIT */
/*
 * The console ring against a hostile guest, and the scrollback.
 */
#include "unit/suite.h"

#include <errno.h>
#include <string.h>

#include "console/ring.h"
#include "console/scrollback.h"

static struct xencons_interface shared;
static struct ring ring;

static void guest_writes(const char *text)
{
	for (; *text; text++)
		shared.out[shared.out_prod++ & (sizeof(shared.out) - 1)] = *text;
}

static void fresh(uint32_t start)
{
	memset(&shared, 0, sizeof(shared));
	shared.out_cons = shared.out_prod = start;
	shared.in_cons = shared.in_prod = start;
	ring_init(&ring, &shared);
}

START_TEST(output_is_taken_once)
{
	char buf[100];

	fresh(0);
	ck_assert_int_eq(ring_read(&ring, buf, sizeof(buf)), 0);
	guest_writes("hello");
	ck_assert_int_eq(ring_read(&ring, buf, sizeof(buf)), 5);
	ck_assert_mem_eq(buf, "hello", 5);
	ck_assert_uint_eq(shared.out_cons, 5);
	ck_assert_int_eq(ring_read(&ring, buf, sizeof(buf)), 0);
}
END_TEST

START_TEST(indices_wrap_at_32_bits)
{
	char buf[100];

	fresh(UINT32_MAX - 2);
	guest_writes("abcdef");
	ck_assert_int_eq(ring_read(&ring, buf, 4), 4);
	ck_assert_int_eq(ring_read(&ring, buf + 4, 96), 2);
	ck_assert_mem_eq(buf, "abcdef", 6);
	ck_assert_uint_eq(shared.out_cons, 3);
	ck_assert_int_eq(ring_write(&ring, "xyzzy", 5), 5);
	ck_assert_uint_eq(shared.in_prod, 2);
	ck_assert_int_eq(shared.in[(UINT32_MAX - 2) & 1023], 'x');
}
END_TEST

START_TEST(input_stops_when_the_ring_is_full)
{
	char big[2000];

	memset(big, 'i', sizeof(big));
	fresh(0);
	ck_assert_int_eq(ring_write(&ring, big, sizeof(big)), 1024);
	ck_assert_int_eq(ring_write(&ring, big, 1), 0);
	shared.in_cons = 1000;
	ck_assert_int_eq(ring_write(&ring, big, sizeof(big)), 1000);
}
END_TEST

START_TEST(impossible_indices_are_refused)
{
	char buf[16];

	fresh(0);
	shared.out_prod = 2049;
	ck_assert_int_eq(ring_read(&ring, buf, sizeof(buf)), -EPROTO);
	shared.out_prod = UINT32_MAX;
	ck_assert_int_eq(ring_read(&ring, buf, sizeof(buf)), -EPROTO);
	shared.out_prod = 2048;
	ck_assert_int_eq(ring_read(&ring, buf, sizeof(buf)), 16);
	shared.in_cons = 1;
	ck_assert_int_eq(ring_write(&ring, "x", 1), -EPROTO);
}
END_TEST

START_TEST(our_own_indices_are_never_read_back)
{
	char buf[16];

	fresh(0);
	guest_writes("abc");
	shared.out_cons = 77;
	shared.in_prod = 99;
	ck_assert_int_eq(ring_read(&ring, buf, sizeof(buf)), 3);
	ck_assert_uint_eq(shared.out_cons, 3);
	ck_assert_int_eq(ring_write(&ring, "x", 1), 1);
	ck_assert_uint_eq(shared.in_prod, 1);
}
END_TEST

static struct scrollback back;

START_TEST(scrollback_gives_back_what_was_added)
{
	uint64_t pos = 0;
	const char *data;

	memset(&back, 0, sizeof(back));
	ck_assert_uint_eq(scrollback_peek(&back, &pos, &data), 0);
	scrollback_add(&back, "hello", 5);
	ck_assert_uint_eq(scrollback_peek(&back, &pos, &data), 5);
	ck_assert_mem_eq(data, "hello", 5);
	pos = 5;
	ck_assert_uint_eq(scrollback_peek(&back, &pos, &data), 0);
}
END_TEST

START_TEST(scrollback_drops_the_oldest)
{
	static char block[1000];
	uint64_t pos = 0;
	const char *data;
	size_t n, seen = 0;

	memset(&back, 0, sizeof(back));
	for (int i = 0; i < 200; i++) {
		memset(block, 'a' + i % 26, sizeof(block));
		scrollback_add(&back, block, sizeof(block));
	}
	ck_assert_uint_eq(scrollback_start(&back), 200000 - SCROLLBACK_BYTES);
	while ((n = scrollback_peek(&back, &pos, &data)) > 0) {
		for (size_t i = 0; i < n; i++)
			ck_assert_int_eq(data[i], 'a' + (int)((pos + i) / 1000 % 26));
		pos += n;
		seen += n;
	}
	ck_assert_uint_eq(seen, SCROLLBACK_BYTES);
	ck_assert_uint_eq(pos, 200000);
}
END_TEST

START_TEST(one_piece_larger_than_the_scrollback_keeps_its_end)
{
	static char big[SCROLLBACK_BYTES + 10];
	uint64_t pos = 0;
	const char *data;

	memset(&back, 0, sizeof(back));
	big[sizeof(big) - 1] = 'z';
	scrollback_add(&back, "x", 1);
	scrollback_add(&back, big, sizeof(big));
	ck_assert_uint_eq(back.end, 1 + sizeof(big));
	pos = back.end - 1;
	ck_assert_uint_eq(scrollback_peek(&back, &pos, &data), 1);
	ck_assert_int_eq(data[0], 'z');
}
END_TEST

UNIT_MAIN("ring", output_is_taken_once, indices_wrap_at_32_bits, input_stops_when_the_ring_is_full,
	  impossible_indices_are_refused, our_own_indices_are_never_read_back,
	  scrollback_gives_back_what_was_added, scrollback_drops_the_oldest,
	  one_piece_larger_than_the_scrollback_keeps_its_end)
