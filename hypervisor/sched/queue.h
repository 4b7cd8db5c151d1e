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
 * urgency: 1/22 of real time, at most one millisecond saved up.  Whoever wakes
 * with budget left goes first, pre-empting, for as long as it lasts.
 *
 * An entity whose share is less than that, and that goes to sleep again before
 * its budget is used up, has that time for nothing: so one that sleeps a
 * millisecond at a time and works less than 45 us runs at once whatever its
 * weight, for ever, and owes nothing when it has more to do for once.  For all
 * others urgent time counts like any other.  So no pattern of sleeping gives
 * more than the share, or than 1/22 of the CPU beside a lesser share, and one
 * that spins gains nothing.
 *
 * At last, nobody starves: who has waited for a tenth of a second is urgent for
 * once.  That is one percent of the CPU at least, however light it is.
 */
#pragma once

#include "lib/list.h"

#define QUEUE_SLICE	   2000000   /* ns an entity runs before another has its turn */
#define QUEUE_GRANULARITY  500000    /* ns behind its share that lets a waking entity pre-empt */
#define QUEUE_URGENCY_MAX  1000000   /* ns of urgency saved at most ... */
#define QUEUE_URGENCY_MIN  50000     /* ... and needed to be urgent */
#define QUEUE_URGENCY_PART 22	     /* refilled at 1/22 of real time */
#define QUEUE_STARVED	   100000000 /* ns of waiting, then it goes first for once */
#define QUEUE_LOOK	   10000000  /* ns between two looks for such */
#define QUEUE_VTIME_SCALE  4096	     /* virtual ns a real ns at weight 1 */

struct queue_entity {
	struct list link;
	s64 vtime;  /* virtual runtime; only differences count */
	u32 weight; /* 1..65535 */
	bool queued;
	bool urgent;
	bool lapsed; /* its urgency ended while it ran: to be judged as at a slice's end */
	bool yielded;
	s64 urgency;	   /* ns of budget */
	s64 borrowed;	   /* virtual runtime of the urgent time since it woke */
	u64 urgency_stamp; /* when it was last refilled */
	u64 busy_stamp;	   /* queue.busy when it began to wait */
};

struct queue {
	struct list head; /* waiting entities, best first */
	s64 vtime;	  /* never falls: about the least vtime of all that want to run */
	unsigned int nr;  /* waiting */
	u64 load;	  /* their weights */
	u64 busy;	  /* ns that this CPU has worked */
	u64 looked;	  /* busy when last looked for the starving */
};

void queue_init(struct queue *q);
void queue_entity_init(struct queue_entity *e, u32 weight, u64 now);

/* Put a waiting entity in its place; remove it; the best, or NULL. */
void queue_insert(struct queue *q, struct queue_entity *e);
void queue_remove(struct queue *q, struct queue_entity *e);
struct queue_entity *queue_best(struct queue *q);

/* Now and then, before queue_best(): let one that has waited for too long go first. */
void queue_relieve(struct queue *q);

/*
 * Before queue_insert(): @e slept and wants to run on @q again.  Time asleep is
 * not saved up beyond a slice, it becomes urgent if it has the budget, and is
 * forgiven what it ran if all of that was urgent and its weight is little beside
 * @others, the weights of all that want this CPU.
 */
void queue_woken(struct queue *q, struct queue_entity *e, u64 others, u64 now);

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
