/* SPDX-License-Identifier: MIT */
/*
 * What the registers of the battery-backed clock mean.
 */
#include "time/rtc.h"

#define STATUS_B_24H	0x02
#define STATUS_B_BINARY 0x04
#define HOUR_PM		0x80

/* Years are two digits; what is before this is of the next century. */
#define CENTURY_PIVOT 70

static u32 from_bcd(u8 v, u8 status_b)
{
	return status_b & STATUS_B_BINARY ? v : (v >> 4) * 10u + (v & 0xf);
}

bool rtc_decode(const u8 raw[6], u8 status_b, struct rtc_time *t)
{
	bool pm = !(status_b & STATUS_B_24H) && raw[2] & HOUR_PM;

	t->second = from_bcd(raw[0], status_b);
	t->minute = from_bcd(raw[1], status_b);
	t->hour = from_bcd(status_b & STATUS_B_24H ? raw[2] : raw[2] & 0x7f, status_b);
	t->day = from_bcd(raw[3], status_b);
	t->month = from_bcd(raw[4], status_b);
	t->year = from_bcd(raw[5], status_b);
	if (!(status_b & STATUS_B_24H))
		t->hour = t->hour % 12 + (pm ? 12 : 0);
	t->year += t->year < CENTURY_PIVOT ? 2000 : 1900;
	return t->second < 60 && t->minute < 60 && t->hour < 24 && t->day >= 1 && t->day <= 31 &&
	       t->month >= 1 && t->month <= 12;
}

u64 rtc_to_epoch(const struct rtc_time *t)
{
	/* Years that begin in March, so that the leap day comes last. */
	u64 y = t->month <= 2 ? t->year - 1 : t->year;
	u64 m = t->month <= 2 ? t->month + 9 : t->month - 3;
	u64 days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + t->day - 1;

	/* 719468: days from 0000-03-01 to 1970-01-01. */
	return ((days - 719468) * 24 + t->hour) * 3600 + t->minute * 60 + t->second;
}
