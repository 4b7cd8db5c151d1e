/* SPDX-License-Identifier: MIT */
/*
 * The order of the run queue and the cap, by simulation of one CPU.
 * sources: sched/queue.c
 */
#include "suite.h"

#include "sched/cap.h"
#include "sched/queue.h"

#include <string.h>

#define MS	   1000000ULL
#define US	   1000ULL
#define MAX_ACTORS 16

/* A vCPU as its guest behaves: work for a while, sleep for a while; work 0: spins. */
struct actor {
	struct queue_entity e;
	u64 work, sleep; /* ns */
	u64 left;	 /* of this piece of work */
	u64 wakes_at;	 /* 0: awake */
	u64 woke_at;	 /* waits for the CPU since */
	u64 total;	 /* ran, ns */
	struct cap *cap;
	bool parked;
	u32 delays[100000]; /* us from wake-up to CPU */
	unsigned int n;
};

struct cpu {
	struct queue q;
	struct actor *actors[MAX_ACTORS], *curr;
	unsigned int n;
	u64 now, slice_start, refill_at;
};

static struct actor *of(struct queue_entity *e)
{
	return e ? (struct actor *)((char *)e - offsetof(struct actor, e)) : NULL;
}

static u64 load_of(const struct cpu *c)
{
	return c->q.load + (c->curr ? c->curr->e.weight : 0);
}

static struct actor *actor(struct cpu *c, u32 weight, u64 work, u64 sleep)
{
	struct actor *a = calloc(1, sizeof(*a));

	queue_entity_init(&a->e, weight, c->now);
	a->work = a->left = work;
	a->sleep = sleep;
	c->actors[c->n++] = a;
	queue_woken(&c->q, &a->e, load_of(c), c->now);
	queue_insert(&c->q, &a->e);
	return a;
}

static void cpu_init(struct cpu *c)
{
	memset(c, 0, sizeof(*c));
	queue_init(&c->q);
	c->now = 12345678;
	c->refill_at = c->now + CAP_PERIOD;
}

static void cpu_free(struct cpu *c)
{
	while (c->n)
		free(c->actors[--c->n]);
}

static void give_cpu(struct cpu *c, struct actor *a)
{
	c->curr = a;
	c->slice_start = c->now;
	if (!a)
		return;
	queue_remove(&c->q, &a->e);
	if (a->woke_at && a->n < 100000)
		a->delays[a->n++] = (u32)((c->now - a->woke_at) / US);
	a->woke_at = 0;
}

static void schedule(struct cpu *c)
{
	struct actor *a = c->curr;

	queue_relieve(&c->q);
	if (a && !queue_preempts(&c->q, &a->e, c->now - c->slice_start)) {
		if (!queue_left(&a->e, c->now - c->slice_start) || a->e.lapsed)
			c->slice_start = c->now;
		queue_renew(&a->e);
		return;
	}
	if (a)
		queue_insert(&c->q, &a->e);
	give_cpu(c, of(queue_best(&c->q)));
}

/* Let time go by in steps of @step ns until @end. */
static void run(struct cpu *c, u64 duration, u64 step)
{
	u64 end = c->now + duration;

	while (c->now < end) {
		struct actor *a = c->curr;
		bool look = !a;

		c->now += step;
		if (a) {
			queue_charge(&c->q, &a->e, step);
			a->total += step;
			if (a->cap)
				cap_charge(a->cap, step);
			if (a->work && a->left <= step) {
				a->left = a->work;
				a->wakes_at = c->now + a->sleep;
				c->curr = NULL;
				look = true;
			} else if (a->work) {
				a->left -= step;
			}
			if (a->cap && cap_used_up(a->cap) && c->curr) {
				a->parked = true;
				c->curr = NULL;
				look = true;
			}
			if (a->e.lapsed || !queue_left(&a->e, c->now - c->slice_start))
				look = true;
		}
		if (c->now >= c->refill_at) {
			c->refill_at += CAP_PERIOD;
			for (unsigned int i = 0; i < c->n; i++) {
				struct actor *p = c->actors[i];

				if (!p->cap)
					continue;
				cap_refill(p->cap, 1);
				if (p->parked && !cap_used_up(p->cap)) {
					p->parked = false;
					queue_insert(&c->q, &p->e);
					look = true;
				}
			}
		}
		for (unsigned int i = 0; i < c->n; i++) {
			struct actor *w = c->actors[i];

			if (w->wakes_at && c->now >= w->wakes_at) {
				w->woke_at = c->now;
				w->wakes_at = 0;
				queue_woken(&c->q, &w->e, load_of(c), c->now);
				queue_insert(&c->q, &w->e);
				look = true;
			}
		}
		if (look)
			schedule(c);
	}
}

static int by_value(const void *a, const void *b)
{
	return (int)(*(const u32 *)a > *(const u32 *)b) - (int)(*(const u32 *)a < *(const u32 *)b);
}

static u32 percentile(struct actor *a, unsigned int p)
{
	qsort(a->delays, a->n, sizeof(a->delays[0]), by_value);
	return a->delays[(u64)(a->n - 1) * p / 100];
}

static void assert_share(const struct actor *a, u64 duration, u64 part, u64 whole, u64 tolerance)
{
	u64 want = duration * part / whole;
	u64 off = a->total > want ? a->total - want : want - a->total;

	ck_assert_msg(off * 100 <= want * tolerance, "ran %lu us of %lu wanted",
		      (unsigned long)(a->total / US), (unsigned long)(want / US));
}

START_TEST(spinners_share_by_weight)
{
	struct cpu c;
	struct actor *a, *b, *d;

	cpu_init(&c);
	a = actor(&c, 256, 0, 0);
	b = actor(&c, 512, 0, 0);
	d = actor(&c, 1024, 0, 0);
	run(&c, 2000 * MS, 20 * US);
	assert_share(a, 2000 * MS, 1, 7, 5);
	assert_share(b, 2000 * MS, 2, 7, 5);
	assert_share(d, 2000 * MS, 4, 7, 5);
	cpu_free(&c);
}
END_TEST

START_TEST(extreme_weights_do_not_starve)
{
	struct cpu c;
	struct actor *a, *b;

	cpu_init(&c);
	a = actor(&c, 1, 0, 0);
	b = actor(&c, 65535, 0, 0);
	run(&c, 10000 * MS, 100 * US);
	/* One percent, a millisecond at a time. */
	ck_assert_uint_ge(a->total, 80 * MS);
	ck_assert_uint_le(a->total, 105 * MS);
	ck_assert_uint_ge(b->total, 9890 * MS);
	cpu_free(&c);
}
END_TEST

/* One that sleeps 1 ms and works a little, beside one that spins, at any weights. */
START_TEST(sleeper_runs_at_once)
{
	static const u32 weights[][2] = { { 256, 256 }, { 1, 65535 }, { 65535, 1 }, { 16, 1024 } };
	struct cpu c;
	struct actor *s;
	u64 work;

	for (unsigned int i = 0; i < 4; i++) {
		for (work = 20 * US; work <= 40 * US; work += 10 * US) {
			cpu_init(&c);
			s = actor(&c, weights[i][0], work, 1 * MS);
			(void)actor(&c, weights[i][1], 0, 0);
			run(&c, 3000 * MS, 10 * US);
			ck_assert_uint_gt(s->n, 2000);
			/* 1 ms of sleep and this is less than 2 ms. */
			ck_assert_uint_lt(percentile(s, 99), 500);
			cpu_free(&c);
		}
	}
}
END_TEST

START_TEST(sleeper_beside_many_spinners)
{
	struct cpu c;
	struct actor *s;

	cpu_init(&c);
	s = actor(&c, 64, 50 * US, 1 * MS);
	for (unsigned int i = 0; i < 8; i++)
		(void)actor(&c, 256, 0, 0);
	run(&c, 3000 * MS, 10 * US);
	ck_assert_uint_lt(percentile(s, 99), 500);
	cpu_free(&c);
}
END_TEST

/*
 * However one sleeps, it gets no more than its share by a twentieth, or than a
 * twentieth of the CPU.
 */
START_TEST(no_sleeping_cheats)
{
	static const u32 weights[][2] = {
		{ 1, 1024 }, { 256, 1024 }, { 256, 256 }, { 1024, 256 }, { 1, 65535 }
	};
	static const u64 turns[][2] = { { 900, 20 },   { 900, 100 },	{ 1900, 30 },
					{ 40, 10 },    { 40, 900 },	{ 100, 700 },
					{ 120, 1000 }, { 1000, 20000 }, { 500, 500 } };
	struct cpu c;
	struct actor *cheat, *honest;

	for (unsigned int w = 0; w < 5; w++) {
		for (unsigned int t = 0; t < 9; t++) {
			u64 got, share = 1000UL * weights[w][0] / (weights[w][0] + weights[w][1]);

			cpu_init(&c);
			cheat = actor(&c, weights[w][0], turns[t][0] * US, turns[t][1] * US);
			honest = actor(&c, weights[w][1], 0, 0);
			run(&c, 4000 * MS, 10 * US);
			got = cheat->total * 1000 / (4000 * MS);
			ck_assert_msg(got <= MAX(share + share / 20, 50UL),
				      "weight %u of %u, %lu us on, %lu off: %lu of %lu",
				      weights[w][0], weights[w][0] + weights[w][1],
				      (unsigned long)turns[t][0], (unsigned long)turns[t][1],
				      (unsigned long)got, (unsigned long)share);
			ck_assert_uint_ge(cheat->total + honest->total + 100 * MS, 4000 * MS);
			cpu_free(&c);
		}
	}
}
END_TEST

/* One that alternates: sleeps while it has budget, then spins for the rest of the time. */
START_TEST(alternating_cheats_no_more)
{
	struct cpu c;
	struct actor *cheat;

	cpu_init(&c);
	cheat = actor(&c, 256, 40 * US, 10 * US);
	(void)actor(&c, 256, 0, 0);
	for (unsigned int i = 0; i < 4000; i++) {
		run(&c, 50 * US, 10 * US);
		cheat->work = cheat->left = 10000 * MS;
		run(&c, 900 * US, 10 * US);
		cheat->work = 40 * US;
		cheat->left = 10 * US;
		run(&c, 50 * US, 10 * US);
	}
	ck_assert_uint_le(cheat->total * 1000 / (4000 * MS), 520);
	cpu_free(&c);
}
END_TEST

/* A light sleeper owes nothing for its urgent time: a burst is not paid for with a long wait. */
START_TEST(sleeper_owes_nothing)
{
	struct cpu c;
	struct actor *s;
	u64 before;

	cpu_init(&c);
	s = actor(&c, 16, 30 * US, 1 * MS);
	(void)actor(&c, 1024, 0, 0);
	run(&c, 3000 * MS, 10 * US);
	s->work = 0;
	before = s->total;
	run(&c, 640 * MS, 10 * US);
	/* Its millisecond of urgency, and its share since. */
	ck_assert_uint_ge(s->total - before, 9500 * US);
	cpu_free(&c);
}
END_TEST

/* One who sleeps for moments has its share all the same. */
START_TEST(short_sleeps_keep_the_share)
{
	struct cpu c;
	struct actor *a;

	cpu_init(&c);
	a = actor(&c, 256, 40 * US, 10 * US);
	(void)actor(&c, 1024, 0, 0);
	run(&c, 2000 * MS, 10 * US);
	ck_assert_uint_ge(a->total, 2000 * MS * 19 / 100);
	ck_assert_uint_le(a->total, 2000 * MS * 21 / 100);
	cpu_free(&c);
}
END_TEST

START_TEST(long_sleep_is_not_saved_up)
{
	struct cpu c;
	struct actor *a, *b;
	u64 before;

	cpu_init(&c);
	a = actor(&c, 256, 5 * MS, 2000 * MS);
	b = actor(&c, 256, 0, 0);
	run(&c, 2000 * MS, 20 * US);
	a->work = 0; /* from its next waking on it spins */
	before = b->total;
	run(&c, 100 * MS, 20 * US);
	/* Behind for no more than a few slices. */
	ck_assert_uint_gt(b->total - before, 40 * MS);
	cpu_free(&c);
}
END_TEST

START_TEST(cap_holds_within_two_points)
{
	static const u32 caps[] = { 5, 25, 50, 90 };
	struct cpu c;
	struct actor *a;
	struct cap cap;

	for (unsigned int i = 0; i < 4; i++) {
		for (unsigned int alone = 0; alone < 2; alone++) {
			u64 points;

			cpu_init(&c);
			a = actor(&c, alone ? 256 : 65535, 0, 0);
			cap_set(&cap, caps[i]);
			a->cap = &cap;
			if (!alone)
				(void)actor(&c, 256, 0, 0);
			run(&c, 3000 * MS, 20 * US);
			points = a->total * 100 / (3000 * MS);
			ck_assert_uint_le(points, caps[i] + 2);
			ck_assert_uint_ge(points + 2, caps[i]);
			cpu_free(&c);
		}
	}
}
END_TEST

START_TEST(cap_debt_is_carried)
{
	struct cap c;

	cap_set(&c, 25);
	cap_charge(&c, 10 * MS);
	ck_assert(cap_used_up(&c));
	cap_refill(&c, 1);
	ck_assert(cap_used_up(&c));
	/* A hundred at once: of ten it may make up for what it could not use, ... */
	cap_refill(&c, 100);
	ck_assert_int_eq(c.budget, (s64)(25 * MS));
	cap_refill(&c, 1);
	ck_assert_int_eq(c.budget, (s64)(25 * MS));
	/* ... of what it did not want, of one. */
	cap_set(&c, 25);
	for (unsigned int i = 0; i < 100; i++)
		cap_refill(&c, 1);
	ck_assert_int_eq(c.budget, (s64)(50 * MS / 10));
	cap_set(&c, 0);
	cap_charge(&c, 1000 * MS);
	ck_assert(!cap_used_up(&c));
}
END_TEST

START_TEST(cap_makes_up_for_time_taken_away)
{
	u64 used = 0, periods = 0;
	struct cap c;

	/* Each eighth look at the clock is three periods late; it may run for six tenths of one in between. */
	cap_set(&c, 25);
	for (unsigned int i = 0; i < 1000; i++) {
		u64 n = i % 8 ? 1 : 4, ran = c.budget < 0 ? 0 : MIN((u64)c.budget, 6 * MS);

		cap_charge(&c, ran);
		used += ran;
		cap_refill(&c, n);
		periods += n;
	}
	ck_assert_uint_ge(used, periods * CAP_PERIOD / 100 * 23);
	ck_assert_uint_le(used, periods * CAP_PERIOD / 100 * 25 + 100 * MS);
}
END_TEST

START_TEST(order_and_load)
{
	struct queue q;
	struct queue_entity a, b, c;

	queue_init(&q);
	queue_entity_init(&a, 256, 0);
	queue_entity_init(&b, 256, 0);
	queue_entity_init(&c, 512, 0);
	a.vtime = 10;
	b.vtime = 10;
	c.vtime = 5;
	queue_insert(&q, &a);
	queue_insert(&q, &b);
	queue_insert(&q, &c);
	ck_assert_uint_eq(q.load, 1024);
	ck_assert_ptr_eq(queue_best(&q), &c);
	queue_remove(&q, &c);
	ck_assert_ptr_eq(queue_best(&q), &a); /* equals in order of arrival */
	b.urgent = true;
	queue_remove(&q, &b);
	queue_insert(&q, &b);
	ck_assert_ptr_eq(queue_best(&q), &b);
	queue_remove(&q, &a);
	queue_remove(&q, &b);
	ck_assert_ptr_null(queue_best(&q));
	ck_assert_uint_eq(q.nr, 0);
	ck_assert_uint_eq(q.load, 0);
}
END_TEST

START_TEST(virtual_time_wraps)
{
	struct cpu c;
	struct actor *a, *b;

	cpu_init(&c);
	c.q.vtime = INT64_MAX - 1000;
	a = actor(&c, 256, 0, 0);
	b = actor(&c, 256, 0, 0);
	a->e.vtime = b->e.vtime = INT64_MAX - 500;
	run(&c, 1000 * MS, 20 * US);
	assert_share(a, 1000 * MS, 1, 2, 5);
	cpu_free(&c);
}
END_TEST

UNIT_MAIN("sched queue", order_and_load, spinners_share_by_weight, extreme_weights_do_not_starve,
	  sleeper_runs_at_once, sleeper_beside_many_spinners, no_sleeping_cheats,
	  alternating_cheats_no_more, sleeper_owes_nothing, short_sleeps_keep_the_share,
	  long_sleep_is_not_saved_up, cap_holds_within_two_points, cap_debt_is_carried,
	  cap_makes_up_for_time_taken_away, virtual_time_wraps)
