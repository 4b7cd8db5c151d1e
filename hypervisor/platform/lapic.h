/* SPDX-License-Identifier: MIT */
/*
 * The local APIC: EOI, inter-processor interrupts, one-shot timer.
 */
#pragma once

#include "lib/types.h"

void lapic_init(void);	   /* map it, or switch to x2APIC; boot CPU, once */
void lapic_init_cpu(void); /* enable and set LVTs; every CPU */
void lapic_eoi(void);
u32 lapic_id(void);
#define LAPIC_NMI 0x400 /* in place of a vector */
void lapic_ipi(u32 apic_id, u32 vector);
void lapic_ipi_self(u8 vector);			  /* any context, NMI too */
void lapic_init_sipi(u32 apic_id, u8 start_page); /* INIT, SIPI, SIPI */

/* Error status since the last call (Intel SDM volume 3, 11.5.3), for VECTOR_ERROR. */
u32 lapic_error(void);
bool lapic_is_x2apic(void);

/* Measure the timer against the reference clock; boot CPU. */
void lapic_timer_calibrate(void);
/*
 * One interrupt (VECTOR_TIMER) in @ns nanoseconds, at least one tick; 0 stops
 * it.  A wait of over a second ends after one second.
 */
void lapic_timer_set(u64 ns);
