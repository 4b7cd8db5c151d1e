/* SPDX-License-Identifier: MIT */
/*
 * The order in which vCPUs get a CPU: weighted fair queueing with a bounded
 * privilege for those that wake.  Plain values; unit-tested by simulation.
 *
 * Each entity has a virtual runtime that advances, while it runs, in inverse
 * proportion to its weight; the one with the least is next.  So over time CPU
 * is shared by weight.
 *
 * Fairness alone would let a light entity that sleeps most of the time wait
 * for milliseconds each time it wakes.  Therefore each has a small budget of
 * urgency: an eighth of real time, at most one millisecond saved up.  Whoever
 * wakes with budget left goes first, pre-empting, for as long as it lasts; the
 * time is charged to its virtual runtime like any other.  An entity that
 * sleeps a millisecond at a time and works less than an eighth thus runs at
 * once whatever its weight, and one that spins gains nothing.
 */
#ifndef SCHED_QUEUE_H
#define SCHED_QUEUE_H

#include "lib/list.h"

#define QUEUE_SLICE	    2000000 /* ns an entity runs before another has its turn */
#define QUEUE_GRANULARITY   500000  /* ns of lead that a waking entity needs to pre-empt */
#define QUEUE_URGENCY_MAX   1000000 /* ns of urgency saved at most ... */
#define QUEUE_URGENCY_MIN   50000   /* ... and needed to be urgent */
#define QUEUE_URGENCY_SHIFT 3	    /* refilled at 1/8 of real time */
#define QUEUE_VTIME_SCALE   4096    /* virtual ns a real ns at weight 1 */

struct queue_entity {
	struct list link;
	s64 vtime;  /* virtual runtime; only differences count */
	u32 weight; /* 1..65535 */
	bool queued;
	bool urgent;
	bool lapsed; /* its urgency ended while it ran: to be judged as at a slice's end */
	bool yielded;
	s64 urgency;	   /* ns of budget */
	u64 urgency_stamp; /* when it was last refilled */
};

struct queue {
	struct list head; /* waiting entities, best first */
	s64 vtime;	  /* never falls: about the least vtime of all that want to run */
	unsigned int nr;  /* waiting */
	u64 load;	  /* their weights */
};

void queue_init(struct queue *q);
void queue_entity_init(struct queue_entity *e, u32 weight, u64 now);

/* Put a waiting entity in its place; remove it; the best, or NULL. */
void queue_insert(struct queue *q, struct queue_entity *e);
void queue_remove(struct queue *q, struct queue_entity *e);
struct queue_entity *queue_best(struct queue *q);

/*
 * Before queue_insert(): @e slept and wants to run on @q again.  Time asleep is
 * not saved up beyond a slice, and it becomes urgent if it has the budget.
 */
void queue_woken(struct queue *q, struct queue_entity *e, u64 now);

/* Take @e's place in time from @from to @to. */
void queue_migrate(struct queue *from, struct queue *to, struct queue_entity *e);

/* @e ran for @ns on @q (it is not waiting). */
void queue_charge(struct queue *q, struct queue_entity *e, u64 ns);

/* Whether the best waiting entity should take the CPU from @curr, which has run @ran ns of its slice. */
bool queue_preempts(struct queue *q, const struct queue_entity *curr, u64 ran);

/* It goes on: a new slice. */
void queue_renew(struct queue_entity *e);

/* How long @e, which has run @ran ns of its slice, may run on if somebody waits. */
u64 queue_left(const struct queue_entity *e, u64 ran);

#endif
