/* SPDX-License-Identifier: MIT */
/*
 * Work deferred to the way out: raised anywhere, run with interrupts enabled
 * before a CPU returns to a guest or halts.
 */
#pragma once

#include "lib/types.h"
#include "x86/percpu.h"

enum softirq {
	SOFTIRQ_TIMER,
	SOFTIRQ_SCHEDULE,
	SOFTIRQ_TLB,
	SOFTIRQ_NMI,
	SOFTIRQ_WATCHDOG, /* no work: that it is not pending any more is what counts */
	SOFTIRQ_LOG,
	NR_SOFTIRQS
};

DECLARE_PERCPU(u32, softirq_bits);

void softirq_register(enum softirq nr, void (*fn)(void));
void softirq_raise(enum softirq nr);			  /* on this CPU */
void softirq_raise_on(unsigned int cpu, enum softirq nr); /* kicks it if it is another */
/*
 * Run handlers until none is pending, interrupts enabled inside and as they
 * were on return: called with them off, no bit is set on return.
 * SOFTIRQ_SCHEDULE comes after all others and need not return.
 */
void softirq_run(void);

static inline bool softirq_pending(void)
{
	return this_cpu(softirq_bits) != 0;
}
