/* SPDX-License-Identifier: MIT */
/*
 * From TSC ticks to nanoseconds, in the arithmetic of the public
 * vcpu_time_info; pure.
 */
#pragma once

#include "lib/types.h"

/*
 * tsc * mul / 2^32 after shifting by @shift, as the public vcpu_time_info has
 * it: ns = ((tsc_delta << shift or >> -shift) * mul) >> 32.
 */
struct clock_scale {
	u32 mul;
	s8 shift;
};

/* The scale of a counter of @hz (not 0), mul between 2^31 and 2^32 for the best precision. */
static inline struct clock_scale scale_make(u64 hz)
{
	struct clock_scale s = { 0, 0 };

	while (hz <= 1000000000) {
		hz <<= 1;
		s.shift++;
	}
	while (hz > 2000000000) {
		hz >>= 1;
		s.shift--;
	}
	/* Halving may have rounded down to 10^9, for which 2^32 would be exact. */
	s.mul = (u32)MIN((1000000000UL << 32) / hz, 0xffffffffUL);
	return s;
}

static inline u64 scale_apply(struct clock_scale s, u64 delta)
{
	delta = s.shift >= 0 ? delta << s.shift : delta >> -s.shift;
	return (u64)(((unsigned __int128)delta * s.mul) >> 32);
}
