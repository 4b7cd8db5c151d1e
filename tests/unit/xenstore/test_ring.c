/* SPDX-License-Identifier: MIT */
/*
 * Ring arithmetic against a peer that may write anything at any time.
 */
#include "daemon/ring.h"

#include <errno.h>
#include <string.h>

#include "tap.h"

static struct xenstore_domain_interface page;

static void setup(void)
{
	memset(&page, 0, sizeof(page));
}

/* Both steps of each direction. */
static long take(void *out, size_t max)
{
	uint32_t cons;
	long n = ring_peek(&page, out, max, &cons);

	if (n > 0)
		ring_consume(&page, cons);
	return n;
}

static long give(const void *data, size_t len)
{
	uint32_t prod = ring_producer(&page);
	long n = ring_put(&page, &prod, data, len);

	if (n > 0)
		ring_publish(&page, prod);
	return n;
}

START_TEST(bytes_come_out_as_they_went_in)
{
	char out[XENSTORE_RING_SIZE];
	uint8_t next_in = 0, next_out = 0;

	/* Start just before the indices wrap around at 2^32. */
	page.req_cons = page.req_prod = 0xfffffc00u - 300;
	for (int round = 0; round < 200; round++) {
		int n = round * 37 % 1000;
		long got;

		for (int i = 0; i < n; i++)
			page.req[MASK_XENSTORE_IDX(page.req_prod++)] = (char)next_in++;
		ck_assert_uint_eq(ring_pending(&page), (size_t)n);
		got = take(out, sizeof(out));
		ck_assert_int_eq(got, n);
		for (long i = 0; i < got; i++)
			ck_assert_uint_eq((uint8_t)out[i], next_out++);
	}
}
END_TEST

START_TEST(a_short_buffer_takes_a_part)
{
	char out[10];

	page.req_prod = 25;
	ck_assert_int_eq(take(out, 10), 10);
	ck_assert_int_eq(take(out, 10), 10);
	ck_assert_int_eq(take(out, 10), 5);
	ck_assert_int_eq(take(out, 10), 0);
	ck_assert_uint_eq(page.req_cons, 25);
}
END_TEST

START_TEST(a_full_ring_takes_no_more)
{
	char data[2000];

	memset(data, 'x', sizeof(data));
	ck_assert_int_eq(give(data, sizeof(data)), 1024);
	ck_assert_int_eq(give(data, sizeof(data)), 0);
	page.rsp_cons += 3;
	ck_assert_int_eq(give(data, sizeof(data)), 3);
	ck_assert_uint_eq(page.rsp_prod, 1027);
}
END_TEST

START_TEST(lying_indices_are_refused)
{
	static const uint32_t bad[] = { 1025, 0x80000000u, 0xffffffffu };
	char data[16] = { 0 };

	for (size_t i = 0; i < 3; i++) {
		setup();
		page.req_prod = bad[i];
		page.rsp_prod = bad[i];
		ck_assert_int_eq(take(data, 16), -EIO);
		ck_assert_int_eq(give(data, 16), -EIO);
		ck_assert_uint_eq(ring_pending(&page), 0);
		ck_assert_uint_eq(page.req_cons, 0);
	}
}
END_TEST

START_TEST(any_page_content_is_survived)
{
	unsigned int seed = 1;
	char data[XENSTORE_PAYLOAD_MAX];
	uint8_t *bytes = (uint8_t *)&page;

	for (int round = 0; round < 20000; round++) {
		for (size_t i = 2048; i < sizeof(page); i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = (uint8_t)(seed >> 16);
		}
		/* Make plausible distances likely. */
		if (round % 2)
			page.req_prod = page.req_cons + (seed % 1200);
		take(data, sizeof(data));
		give(data, seed % sizeof(data));
		ring_pending(&page);
	}
}
END_TEST

START_TEST(a_reset_empties_both_rings)
{
	page.req_prod = 7;
	page.rsp_prod = 9;
	page.error = 3;
	page.connection = XENSTORE_RECONNECT;
	ck_assert(ring_wants_reset(&page));
	ring_reset(&page);
	ck_assert(!ring_wants_reset(&page));
	ck_assert_uint_eq(page.req_prod, 0);
	ck_assert_uint_eq(page.rsp_prod, 0);
	ck_assert_uint_eq(page.error, XENSTORE_ERROR_NONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ring");
	TCase *tcase = tcase_create("ring");

	tcase_add_checked_fixture(tcase, setup, NULL);
	TAP_ADD(tcase, bytes_come_out_as_they_went_in);
	TAP_ADD(tcase, a_short_buffer_takes_a_part);
	TAP_ADD(tcase, a_full_ring_takes_no_more);
	TAP_ADD(tcase, lying_indices_are_refused);
	TAP_ADD(tcase, any_page_content_is_survived);
	TAP_ADD(tcase, a_reset_empties_both_rings);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
