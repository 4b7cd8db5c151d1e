/* SPDX-License-Identifier: MIT */
/*
 * Time: the TSC scaled to nanoseconds since boot, and the wall clock.
 */
#ifndef TIME_CLOCK_H
#define TIME_CLOCK_H

#include "lib/types.h"

/*
 * tsc * mul / 2^32 after shifting by @shift, as the public vcpu_time_info has
 * it: ns = ((tsc_delta << shift or >> -shift) * mul) >> 32.
 */
struct clock_scale {
	u32 mul;
	s8 shift;
};

extern struct clock_scale clock_scale;
extern u64 clock_tsc_khz;
extern bool clock_tsc_stable; /* TSCs proved to agree on all CPUs */

void clock_init(void);	   /* calibrate against HPET, PM timer or PIT */
u64 clock_now(void);	   /* system time, ns since boot; monotonic on each CPU */
u64 clock_tsc_to_ns(u64 tsc); /* system time at TSC value @tsc of this CPU */

/* Pair for a guest's time page: TSC and the system time at it, on this CPU. */
void clock_stamp(u64 *tsc, u64 *system_time);

/* Wall clock: UTC seconds and nanoseconds at system time 0. From the RTC; set by dom0 (platform_op settime). */
void clock_wall(u64 *sec, u32 *nsec);
void clock_set_wall(u64 sec, u32 nsec, u64 system_time);

#endif
