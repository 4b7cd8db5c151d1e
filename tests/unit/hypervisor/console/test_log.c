/* SPDX-License-Identifier: MIT */
/* sources: */
/*
 * The log: what the ring keeps, what readers get, what sinks see.  The lock is
 * a flag here, since a test may not stop interrupts.
 */
#include "lib/format.h"
#define snprintf  test_snprintf
#define vsnprintf test_vsnprintf
static int test_snprintf(char *buf, size_t size, const char *fmt, ...);
static int test_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
#include "console/log.c"
#undef snprintf
#undef vsnprintf

#include "suite.h"
#include <stdio.h>
#include <string.h>

static int test_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	return vsnprintf(buf, size, fmt, ap);
}

static int test_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

static char seen[RING_SIZE * 3];
static size_t nr_seen;

static void sink_write(const char *text, size_t len)
{
	ck_assert_uint_le(nr_seen + len, sizeof(seen));
	memcpy(seen + nr_seen, text, len);
	nr_seen += len;
}

static struct log_sink sink = { .write = sink_write };

START_TEST(lines_reach_ring_and_sink)
{
	char buf[256];
	u32 index = 0;
	size_t n;

	log_info("early %d\n", 1);
	log_register_sink(&sink);
	log_print(LOG_INFO, "one ");
	log_print(LOG_INFO, "line\n");
	log_debug("only in the ring\n");
	n = log_read(&index, buf, sizeof(buf));
	buf[n] = 0;
	ck_assert_str_eq(buf, "(lamina) early 1\n(lamina) one line\n(lamina) only in the ring\n");
	ck_assert_uint_eq(index, n);
	ck_assert_uint_eq(log_read(&index, buf, sizeof(buf)), 0);
	seen[nr_seen] = 0;
	ck_assert_str_eq(seen, "(lamina) early 1\n(lamina) one line\n");
}
END_TEST

START_TEST(levels)
{
	log_register_sink(&sink);
	log_set_level(LOG_NONE);
	log_err("x");
	ck_assert_uint_eq(nr_seen, 0);
	log_set_level(LOG_DEBUG);
	log_debug("y\n");
	ck_assert_uint_gt(nr_seen, 0);
	nr_seen = 0;
	log_set_guest_level(LOG_ERR);
	log_guest(LOG_WARN, "z\n");
	ck_assert_uint_eq(nr_seen, 0);
	log_guest(LOG_ERR, "z\n");
	ck_assert_uint_gt(nr_seen, 0);
}
END_TEST

START_TEST(the_ring_keeps_the_newest)
{
	static char buf[RING_SIZE * 2];
	char text[101];
	u32 index = 0;
	size_t n;

	for (unsigned int i = 0; i < 2000; i++) {
		snprintf(text, sizeof(text), "%0100u", i);
		log_print(LOG_DEBUG, "%.100s", text);
	}
	n = log_read(&index, buf, sizeof(buf));
	ck_assert_uint_eq(n, RING_SIZE);
	ck_assert_mem_eq(buf + n - 100, text, 100);
	ck_assert_uint_eq(index, 200000 + 9); /* "(lamina) " begins the line */
	/* What the control domain says on its console is not part of it. */
	log_write("console", 7);
	ck_assert_uint_eq(log_read(&index, buf, sizeof(buf)), 0);
	/* In small pieces it is the same. */
	index = 0;
	for (size_t got = 0; got < n; got += 7) {
		char piece[7];
		size_t k = log_read(&index, piece, sizeof(piece));

		ck_assert_mem_eq(piece, buf + got, k);
	}
	index = 0xfffffff0; /* a counter from nowhere */
	ck_assert_uint_eq(log_read(&index, buf, sizeof(buf)), RING_SIZE);
	log_clear();
	index = 0;
	ck_assert_uint_eq(log_read(&index, buf, sizeof(buf)), 0);
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	char buf[2 * LINE_MAX];
	u32 index = 0;
	size_t n;

	log_info("%1000d\n", 1);
	n = log_read(&index, buf, sizeof(buf));
	ck_assert_uint_eq(n, 9 + LINE_MAX - 1);
	ck_assert_int_eq(buf[n - 1], '\n');
}
END_TEST

START_TEST(guests_cannot_flood)
{
	log_register_sink(&sink);
	log_set_guest_level(LOG_DEBUG);
	for (unsigned int i = 0; i < 5000; i++)
		log_guest(LOG_INFO, "x\n");
	ck_assert_uint_lt(nr_seen, 5000);
}
END_TEST

UNIT_MAIN("console/log", lines_reach_ring_and_sink, levels, the_ring_keeps_the_newest,
	  a_long_line_is_cut, guests_cannot_flood)
