/* SPDX-License-Identifier: MIT */
/*
 * Finding a CPU that hangs.
 *
 * Once a second each CPU looks whether the next one has run the softirq that it
 * raised there a second ago, which takes interrupts and a pass of the softirqs;
 * and over those that hang to the one behind.  It counts looks, not time, so
 * that a machine that was stopped as a whole shows nothing.  Who hangs is asked
 * by NMI for its registers, which the one that looked prints a look later.
 *
 * Options: `watchdog=` on (the default: report), panic or off;
 * `watchdog_timeout=` seconds, 10 unless told.
 */
#pragma once

#include "x86/regs.h"

/* @cpu, which is online, begins to look.  The machine is up: every CPU passes its softirqs. */
void watchdog_start(unsigned int cpu);

/* From the NMI handler: whether the NMI only asked for @regs. */
bool watchdog_nmi(const struct regs *regs);
