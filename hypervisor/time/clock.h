/* SPDX-License-Identifier: MIT */
/*
 * Time: the TSC scaled to nanoseconds since boot, and the wall clock.
 */
#pragma once

#include "lib/types.h"
#include "time/scale.h"

extern struct clock_scale clock_scale;
extern u64 clock_tsc_khz;
extern bool clock_tsc_stable; /* TSCs proved to agree on all CPUs */

void clock_init(void);	      /* calibrate against HPET, PM timer or PIT */
u64 clock_now(void);	      /* system time, ns since boot; monotonic on each CPU */
u64 clock_tsc_to_ns(u64 tsc); /* system time at TSC value @tsc of this CPU */

/*
 * Pair for a guest's time page: TSC and the system time at it, on this CPU.
 * The same for the life of the CPU (and on all CPUs if clock_tsc_stable).
 */
void clock_stamp(u64 *tsc, u64 *system_time);

/* Wall clock: UTC seconds and nanoseconds at system time 0. From the RTC; set by dom0 (platform_op settime). */
void clock_wall(u64 *sec, u32 *nsec);
/*
 * It is (or was, or will be) @sec, @nsec at @system_time.  False, with nothing
 * changed, if @nsec is no fraction, the time is beyond CLOCK_MAX_SECONDS, or
 * system time 0 would be before 1970.
 */
#define CLOCK_MAX_SECONDS 0x3ffffffffUL /* the year 2514; ns still fit in 64 bits */
bool clock_set_wall(u64 sec, u32 nsec, u64 system_time);
