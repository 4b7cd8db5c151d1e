/* SPDX-License-Identifier: MIT */
/*
 * Which vCPU runs next: run queues, switching, weights, caps, affinity.
 *
 * vcpu_switch() is provided above (pv/context.c).
 */
#pragma once

#include "domain/vcpu.h"

struct sched_params {
	u32 weight; /* 1..65535, 256 is usual */
	u32 cap;    /* percent of one CPU, 0: none */
};

void sched_init(void);		       /* idle vCPUs, softirq; boot CPU becomes idle vCPU 0 */
void __noreturn sched_idle_loop(void); /* run softirqs, halt; never returns */
int sched_create_domain(struct domain *d) __must_check;
void sched_destroy_domain(struct domain *d);
int sched_create_vcpu(struct vcpu *v) __must_check; /* starts VCPU_DOWN */
void sched_destroy_vcpu(struct vcpu *v);

/* After pause_flags / pause_count changed: put it on a queue if runnable, wake its CPU. Any context. */
void sched_wake(struct vcpu *v);
/* Ask it to stop if it no longer may run; does not wait. */
void sched_sleep(struct vcpu *v);
/* ... and wait until it is on no CPU. Not for current. */
void sched_sleep_sync(struct vcpu *v);

void sched_yield(void); /* current goes behind its equals */
void sched_set_params(struct domain *d, const struct sched_params *p);
void sched_get_params(struct domain *d, struct sched_params *p);

/* Affinity: bitmaps of CPUs (unsigned long, MAX_CPUS bits). -EINVAL for an empty hard mask. */
int sched_set_affinity(struct vcpu *v, unsigned long hard, unsigned long soft);
void sched_get_affinity(struct vcpu *v, unsigned long *hard, unsigned long *soft);

/*
 * SCHEDOP_pin_override: @v runs on @cpu only, whatever its affinity, until
 * called with a negative @cpu.  -EINVAL no such CPU, -EBUSY pinned already.
 */
int sched_pin(struct vcpu *v, int cpu);

/* The domain's cap has budget again: its parked vCPUs may run. */
void sched_unpark_domain(struct domain *d);

/* CPU time of a vCPU / idle time of a CPU in ns. */
u64 sched_vcpu_time(struct vcpu *v);
u64 sched_idle_time(unsigned int cpu);

/*
 * Provided above: save @prev's processor state, load @next's.  Called with
 * interrupts off on this CPU's stack; returns in the context of @next (the
 * stack is the CPU's, not the vCPU's: guest registers move between cpu_info
 * and vcpu.regs).
 */
void vcpu_switch(struct vcpu *prev, struct vcpu *next);

/*
 * Provided above (entry/): leave the idle loop for current, a guest's vCPU;
 * and enter the idle loop with an empty stack when an exit path has found
 * nothing to run.  sched_idle_loop() calls the first; an exit path calls the
 * second when softirq_run() has made an idle vCPU current.
 */
void __noreturn sched_exit_to_guest(void);
void __noreturn sched_reset_to_idle(void);
