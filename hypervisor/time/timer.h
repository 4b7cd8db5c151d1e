/* SPDX-License-Identifier: MIT */
/*
 * Software timers: a heap for each CPU, driven by the local APIC timer.
 * Callbacks run in SOFTIRQ_TIMER of the timer's CPU, interrupts enabled, and
 * may set any timer again.
 */
#pragma once

#include "time/heap.h"

struct timer {
	u64 expires; /* system time, ns */
	void (*fn)(void *arg);
	void *arg;
	u16 cpu;
	u32 slot; /* 1 while in the heap, 0 when inactive */
	bool dead;
	struct heap_node node;
};

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg, unsigned int cpu);
void timer_set(struct timer *t, u64 expires); /* (re)arm; a time already past fires at once */
void timer_stop(struct timer *t);
void timer_migrate(struct timer *t, unsigned int cpu);
/* Stop it and wait until its callback runs nowhere; afterwards setting it is ignored. */
void timer_kill(struct timer *t);
/* @cpu goes out of service: its timers fire on the boot CPU, as do new ones; or it is back. */
void timer_close(unsigned int cpu, bool closed);
/* Boot CPU, after clock_init() and lapic_timer_calibrate(); the others follow by themselves. */
void timer_init_cpu(void);
