/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's own data for CPUs, vCPUs and domains; for sched/ only.
 *
 * The run-queue lock of CPU v->processor (irqsave) protects everything about
 * v's scheduling; v->processor changes under the old CPU's lock while v neither
 * runs nor waits.  A vCPU in a queue is not `running`; one being switched away
 * from stays `running` until its state is saved, and only then can it be
 * queued, here or elsewhere (sched.c, finish_switch()).
 */
#pragma once

#include "domain/vcpu.h"
#include "sched/cap.h"
#include "sched/queue.h"

struct sched_vcpu {
	struct vcpu *v;
	struct queue_entity entity;
	unsigned long hard, soft; /* CPUs */
	unsigned long pin_saved;  /* hard affinity before SCHEDOP_pin_override */
	bool pinned;
	bool parked;		  /* its domain's cap is used up */
	u64 slice_start, charged; /* system time: began to run; charged up to */
};

struct sched_domain {
	struct domain *d;
	struct spinlock lock; /* irqsave, inside a run-queue lock; protects: weight, cap */
	u32 weight;
	struct cap cap;
	struct timer refill;
};

struct sched_cpu {
	struct spinlock lock;
	struct queue queue;
	struct vcpu *idle;
	struct vcpu *curr; /* what runs here; idle included */
	struct timer slice;
	u64 idle_ns; /* time spent idle, up to the last switch */
	u64 idle_since;
	u64 balance_at;	    /* when to look at other queues again */
	unsigned long want; /* CPUs on which curr had rather run; 0: it is on one */
};

extern struct sched_cpu sched_cpus[MAX_CPUS];
extern unsigned long sched_active; /* CPUs that have entered the scheduler; atomic */

static inline struct sched_vcpu *sched_of(const struct vcpu *v)
{
	return v->sched;
}

/*
 * Find a CPU for @v and queue it there.  Entered with the lock of @sc, @v's
 * queue, held, @v not running; leaves without.  @woken: it comes from sleep.
 */
void sched_place(struct sched_cpu *sc, struct vcpu *v, bool woken, u64 flags);

/* Lock the queue that @v belongs to and return its CPU's data. */
struct sched_cpu *sched_lock_vcpu(struct vcpu *v, u64 *flags);
