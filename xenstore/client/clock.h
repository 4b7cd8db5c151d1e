/* SPDX-License-Identifier: MIT */
/*
 * The clock of waiting: never set, so that a deadline stays where it is.
 */
#pragma once

#include <stdint.h>
#include <time.h>

/* In ms, from some moment in the past. */
static inline int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
