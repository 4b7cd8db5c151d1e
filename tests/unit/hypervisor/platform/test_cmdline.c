/* SPDX-License-Identifier: MIT */
/* sources: platform/cmdline.c lib/string.c */
/*
 * The command line: sizes, booleans, and which word reaches which option.
 */
#include "platform/cmdline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "console/log.h"
#include "suite.h"

static char got_a[64], got_b[64], logged[1024];

static bool option_a(const char *value)
{
	snprintf(got_a, sizeof(got_a), "<%s>", value);
	return true;
}

static bool option_b(const char *value)
{
	snprintf(got_b, sizeof(got_b), "<%s>", value);
	return strcmp(value, "bad") != 0;
}

/* What the linker script provides in the hypervisor. */
extern const struct cmdline_option cmdline_start[2];
const struct cmdline_option cmdline_start[2] = { { "a", option_a }, { "long-b", option_b } };
asm(".globl cmdline_end\ncmdline_end = cmdline_start + 32");
_Static_assert(sizeof(cmdline_start) == 32, "cmdline_end is behind the table");

void log_print(enum log_level level, const char *fmt, ...)
{
	size_t used = strlen(logged);
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	vsnprintf(logged + used, sizeof(logged) - used, fmt, ap);
	va_end(ap);
}

static void parse(const char *text)
{
	got_a[0] = got_b[0] = logged[0] = '\0';
	cmdline_parse(text);
}

START_TEST(words_reach_their_options)
{
	parse("  a=1,2 \tlong-b  ");
	ck_assert_str_eq(got_a, "<1,2>");
	ck_assert_str_eq(got_b, "<>");
	ck_assert_str_eq(logged, "");
	ck_assert_str_eq(cmdline_text, "  a=1,2 \tlong-b  ");
	parse("a=x=y");
	ck_assert_str_eq(got_a, "<x=y>");
	parse("");
	ck_assert_str_eq(logged, "");
}
END_TEST

START_TEST(strangers_are_named)
{
	parse("aa=1 a");
	ck_assert_str_eq(got_a, "<>");
	ck_assert_ptr_nonnull(strstr(logged, "unknown option 'aa'"));
	parse("long-b=bad");
	ck_assert_ptr_nonnull(strstr(logged, "bad value 'bad' for option 'long-b'"));
}
END_TEST

START_TEST(the_rest_behind_two_dashes_is_not_ours)
{
	parse("a -- long-b nonsense");
	ck_assert_str_eq(got_a, "<>");
	ck_assert_str_eq(got_b, "");
	ck_assert_str_eq(logged, "");
}
END_TEST

START_TEST(words_too_long_are_skipped)
{
	char text[400];

	memset(text, 'x', sizeof(text));
	strcpy(text + 300, " a=2");
	parse(text);
	ck_assert_str_eq(got_a, "<2>");
	ck_assert_ptr_nonnull(strstr(logged, "ignored"));
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		const char *text;
		bool mib, good;
		u64 bytes;
	} cases[] = {
		{ "512", true, true, 512ULL << 20 },
		{ "512", false, true, 512 },
		{ "4096b", true, true, 4096 },
		{ "8k", false, true, 8192 },
		{ "1M", true, true, 1 << 20 },
		{ "2G", true, true, 2ULL << 30 },
		{ "1T", false, true, 1ULL << 40 },
		{ "0x10M", true, true, 16 << 20 },
		{ "", true, false, 0 },
		{ "M", true, false, 0 },
		{ "12MM", true, false, 0 },
		{ "12 M", true, false, 0 },
		{ "-1", true, false, 0 },
		{ "17592186044416", true, false, 0 },
		{ "17179869184G", false, false, 0 },
		{ "17592186044415", true, true, 0xfffffffffff00000 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 bytes = 0;

		ck_assert_msg(cmdline_size(cases[i].text, cases[i].mib, &bytes) == cases[i].good,
			      "case %u: %s", i, cases[i].text);
		ck_assert_msg(bytes == cases[i].bytes, "case %u: %s is %lu", i, cases[i].text, bytes);
	}
}
END_TEST

START_TEST(booleans)
{
	bool v = false;

	ck_assert(cmdline_bool("", &v) && v);
	ck_assert(cmdline_bool("off", &v) && !v);
	ck_assert(cmdline_bool("1", &v) && v);
	ck_assert(cmdline_bool("no", &v) && !v);
	ck_assert(!cmdline_bool("maybe", &v));
}
END_TEST

UNIT_MAIN("platform/cmdline", words_reach_their_options, strangers_are_named,
	  the_rest_behind_two_dashes_is_not_ours, words_too_long_are_skipped, sizes, booleans)
