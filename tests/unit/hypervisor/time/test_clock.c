/* SPDX-License-Identifier: MIT */
/* sources: time/rtc_decode.c */
/*
 * The arithmetic of time: TSC scale and calendar.
 */
#include "time/rtc.h"
#include "time/scale.h"

#include "suite.h"

START_TEST(scale_is_normalised_and_exact_enough)
{
	static const u64 rates[] = { 1000000,	 3579545,    24000000,	 999999999,  1000000000,
				     1000000001, 1999999999, 2000000000, 2000000001, 2596147000,
				     3000000000, 4000000001, 5700000000 };

	for (unsigned int i = 0; i < ARRAY_SIZE(rates); i++) {
		struct clock_scale s = scale_make(rates[i]);
		u64 ns;

		ck_assert_uint_ge(s.mul, 0x7fffffff);
		/* An hour, to within one part in 10^8. */
		ns = scale_apply(s, rates[i] * 3600);
		ck_assert_msg(ns > 3600000000000 - 36000 && ns < 3600000000000 + 36000,
			      "%lu Hz: %lu", rates[i], ns);
	}
}
END_TEST

START_TEST(scale_holds_for_years)
{
	struct clock_scale s = scale_make(3000000000);
	u64 year = 365UL * 86400;

	/* 30 years of ticks, and no wrap. */
	ck_assert_uint_eq(scale_apply(s, 30 * year * 3000000000UL) / 1000000000 / year, 29);
	ck_assert_uint_eq(scale_apply(s, 0), 0);
}
END_TEST

START_TEST(scale_is_monotonic)
{
	struct clock_scale s = scale_make(2596147000);
	u64 last = 0;

	for (u64 t = 0; t < 5000; t++) {
		u64 ns = scale_apply(s, t);

		ck_assert_uint_ge(ns, last);
		last = ns;
	}
}
END_TEST

START_TEST(epochs)
{
	static const struct {
		struct rtc_time t;
		u64 epoch;
	} cases[] = {
		{ { 1970, 1, 1, 0, 0, 0 }, 0 },
		{ { 2000, 2, 29, 12, 0, 0 }, 951825600 },
		{ { 2000, 3, 1, 0, 0, 0 }, 951868800 },
		{ { 2026, 11, 23, 3, 6, 52 }, 1795403212 },
		{ { 2038, 1, 19, 3, 14, 8 }, 2147483648 },
		{ { 2069, 12, 31, 23, 59, 59 }, 3155759999 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_uint_eq(rtc_to_epoch(&cases[i].t), cases[i].epoch);
}
END_TEST

START_TEST(rtc_forms)
{
	static const u8 bcd[6] = { 0x52, 0x06, 0x13, 0x23, 0x11, 0x26 };
	static const u8 binary[6] = { 52, 6, 13, 23, 11, 26 };
	static const u8 pm[6] = { 0x52, 0x06, 0x81, 0x23, 0x11, 0x26 };
	static const u8 midnight[6] = { 0x52, 0x06, 0x12, 0x23, 0x11, 0x99 };
	static const u8 none[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct rtc_time a, b, c;

	ck_assert(rtc_decode(bcd, 0x02, &a));
	ck_assert(rtc_decode(binary, 0x06, &b));
	ck_assert(rtc_decode(pm, 0x00, &c));
	ck_assert_uint_eq(a.hour, 13);
	ck_assert_uint_eq(a.year, 2026);
	ck_assert_uint_eq(rtc_to_epoch(&a), rtc_to_epoch(&b));
	ck_assert_uint_eq(rtc_to_epoch(&a), rtc_to_epoch(&c));
	ck_assert(rtc_decode(midnight, 0x00, &a));
	ck_assert_uint_eq(a.hour, 0);
	ck_assert_uint_eq(a.year, 1999);
	ck_assert(!rtc_decode(none, 0x02, &a));
}
END_TEST

UNIT_MAIN("time/clock", scale_is_normalised_and_exact_enough, scale_holds_for_years,
	  scale_is_monotonic, epochs, rtc_forms)
