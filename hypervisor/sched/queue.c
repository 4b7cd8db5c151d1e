/* SPDX-License-Identifier: MIT */
/*
 * Weighted fair queueing.
 */
#include "sched/queue.h"

static s64 scaled(const struct queue_entity *e, u64 ns)
{
	return (s64)(ns * QUEUE_VTIME_SCALE / e->weight);
}

/* Virtual times wrap; they are compared by their difference. */
static bool before(const struct queue_entity *a, const struct queue_entity *b)
{
	if (a->urgent != b->urgent)
		return a->urgent;
	return (s64)((u64)a->vtime - (u64)b->vtime) < 0;
}

void queue_init(struct queue *q)
{
	*q = (struct queue){ 0 };
	list_init(&q->head);
}

void queue_entity_init(struct queue_entity *e, u32 weight, u64 now)
{
	*e = (struct queue_entity){
		.weight = weight,
		.urgency = QUEUE_URGENCY_MAX,
		.urgency_stamp = now,
	};
	list_init(&e->link);
}

void queue_insert(struct queue *q, struct queue_entity *e)
{
	struct list *pos = q->head.prev;

	/* From the back, so that equals stay in order of arrival. */
	while (pos != &q->head && before(e, list_entry(pos, struct queue_entity, link)))
		pos = pos->prev;
	list_insert_after(&e->link, pos);
	e->queued = true;
	e->busy_stamp = q->busy;
	e->lapsed = e->yielded = false;
	q->nr++;
	q->load += e->weight;
}

void queue_remove(struct queue *q, struct queue_entity *e)
{
	list_del(&e->link);
	e->queued = false;
	q->nr--;
	q->load -= e->weight;
}

struct queue_entity *queue_best(struct queue *q)
{
	return list_empty(&q->head) ? NULL : list_first(&q->head, struct queue_entity, link);
}

void queue_relieve(struct queue *q)
{
	struct queue_entity *e;

	if (q->busy - q->looked < QUEUE_LOOK)
		return;
	q->looked = q->busy;
	list_for_each_entry (e, &q->head, link)
		if (!e->urgent && q->busy - e->busy_stamp >= QUEUE_STARVED) {
			queue_remove(q, e);
			e->urgent = true;
			e->urgency = QUEUE_URGENCY_MAX;
			queue_insert(q, e);
			return;
		}
}

static void refill(struct queue_entity *e, u64 now)
{
	u64 gained = (now - e->urgency_stamp) / QUEUE_URGENCY_PART;

	e->urgency_stamp = now;
	if (gained > QUEUE_URGENCY_MAX)
		gained = QUEUE_URGENCY_MAX;
	e->urgency += (s64)gained;
	if (e->urgency > QUEUE_URGENCY_MAX)
		e->urgency = QUEUE_URGENCY_MAX;
}

void queue_woken(struct queue *q, struct queue_entity *e, u64 others, u64 now)
{
	s64 earliest = q->vtime - scaled(e, QUEUE_SLICE);

	if ((u64)e->weight * (QUEUE_URGENCY_PART - 1) < others)
		e->vtime = (s64)((u64)e->vtime - (u64)e->borrowed);
	e->borrowed = 0;
	if ((s64)((u64)e->vtime - (u64)earliest) < 0)
		e->vtime = earliest;
	refill(e, now);
	e->urgent = e->urgency >= QUEUE_URGENCY_MIN;
}

void queue_migrate(struct queue *from, struct queue *to, struct queue_entity *e)
{
	e->vtime = (s64)((u64)e->vtime - (u64)from->vtime + (u64)to->vtime);
}

void queue_charge(struct queue *q, struct queue_entity *e, u64 ns)
{
	struct queue_entity *best = queue_best(q);
	s64 least, time = scaled(e, ns);

	e->vtime = (s64)((u64)e->vtime + (u64)time);
	e->borrowed += time;
	q->busy += ns;
	if (e->urgent) {
		e->urgency -= (s64)ns;
		if (e->urgency <= 0) {
			e->urgent = false;
			e->lapsed = true;
		}
	}
	if (!e->urgent)
		e->borrowed = 0;
	least = e->vtime;
	if (best && (s64)((u64)best->vtime - (u64)least) < 0)
		least = best->vtime;
	if ((s64)((u64)least - (u64)q->vtime) > 0)
		q->vtime = least;
}

bool queue_preempts(struct queue *q, const struct queue_entity *curr, u64 ran)
{
	const struct queue_entity *best = queue_best(q);
	s64 lead;

	if (!best)
		return false;
	if (curr->yielded)
		return true;
	if (best->urgent != curr->urgent)
		return best->urgent;
	lead = (s64)((u64)curr->vtime - (u64)best->vtime);
	if (ran >= QUEUE_SLICE || curr->lapsed)
		return lead >= 0;
	return !curr->urgent && lead > scaled(best, QUEUE_GRANULARITY);
}

void queue_renew(struct queue_entity *e)
{
	e->lapsed = e->yielded = false;
}

u64 queue_left(const struct queue_entity *e, u64 ran)
{
	u64 left = ran < QUEUE_SLICE ? QUEUE_SLICE - ran : 0;

	if (e->urgent && (u64)e->urgency < left)
		left = (u64)e->urgency;
	return left;
}
