/* SPDX-License-Identifier: MIT */
/*
 * The battery-backed clock (MC146818), read once at boot.
 */
#pragma once

#include "lib/types.h"

struct rtc_time {
	u32 year, month, day, hour, minute, second; /* year with century, month and day from 1 */
};

/* Seconds since 1970-01-01 UTC of a date in the Gregorian calendar; pure. */
u64 rtc_to_epoch(const struct rtc_time *t);

/*
 * The registers second, minute, hour, day, month, year and status B as the
 * chip holds them, decoded; pure.  False if they name no date.
 */
bool rtc_decode(const u8 raw[6], u8 status_b, struct rtc_time *t);

/* Now, in seconds since 1970; 0 if the clock is unreadable. */
u64 rtc_read(void);
