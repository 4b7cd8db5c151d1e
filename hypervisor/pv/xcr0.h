/* SPDX-License-Identifier: MIT */
/*
 * Which values XCR0 can have (Intel SDM volume 1, 13.3); pure.
 */
#pragma once

#include "lib/types.h"

#define XCR0_X87    (1UL << 0)
#define XCR0_SSE    (1UL << 1)
#define XCR0_AVX    (1UL << 2)
#define XCR0_MPX    (3UL << 3)
#define XCR0_AVX512 (7UL << 5)

/* Whether a processor with the components @host accepts @value. */
static inline bool xcr0_valid(u64 value, u64 host)
{
	u64 mpx = value & XCR0_MPX, avx512 = value & XCR0_AVX512;

	if ((value & ~host) || !(value & XCR0_X87))
		return false;
	if ((value & XCR0_AVX) && !(value & XCR0_SSE))
		return false;
	if (mpx && mpx != XCR0_MPX)
		return false;
	return !avx512 || (avx512 == XCR0_AVX512 && (value & XCR0_AVX));
}
