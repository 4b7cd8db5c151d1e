/* SPDX-License-Identifier: MIT */
/*
 * The reference clock: a counter of known frequency (HPET, ACPI PM timer or
 * PIT, in this order) against which the processor's own timers are measured.
 */
#pragma once

#include "lib/types.h"

/* Choose and start one; boot CPU, after acpi_init(). */
void refclock_init(void);

/* Busy-wait @us microseconds (up to one second). */
void refclock_delay_us(u32 us);

/*
 * Frequency in Hz of the upward counter that @read returns; takes some 20 to
 * 50 ms.  The counter must not wrap in that time.
 */
u64 refclock_measure(u64 (*read)(void));

/* The TSC's frequency, measured at the first call. */
u64 refclock_tsc_hz(void);
