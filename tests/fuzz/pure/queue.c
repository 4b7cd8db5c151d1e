/* SPDX-License-Identifier: MIT */
/* sources: sched/queue.c */
/* The order of vCPUs and caps: whatever happens when, all are there and one is best. */
#include "sched/queue.h"

#include "pure.h"
#include "sched/cap.h"

#define N 6

void fuzz(struct input *in)
{
	struct queue q[2];
	struct queue_entity e[N];
	struct queue *at[N] = { NULL };
	struct cap cap = { 0 };
	u64 now = take(in, 4);

	queue_init(&q[0]);
	queue_init(&q[1]);
	for (int i = 0; i < N; i++)
		queue_entity_init(&e[i], 1 + (u32)take(in, 2) % 65535, now);
	while (in->left) {
		u64 op = take(in, 1), ns = take(in, 3);
		struct queue *to = &q[op >> 7];
		int i = (int)(op % N);

		now += ns;
		switch ((op >> 3) % 6) {
		case 0:
			if (!at[i]) {
				queue_woken(to, &e[i], take(in, 3), now);
				queue_insert(to, &e[i]);
				at[i] = to;
			}
			break;
		case 1:
			if (at[i])
				queue_remove(at[i], &e[i]);
			at[i] = NULL;
			break;
		case 2:
			if (!at[i])
				queue_charge(to, &e[i], ns);
			break;
		case 3:
			if (!at[i])
				queue_migrate(&q[0], &q[1], &e[i]);
			break;
		case 4:
			queue_relieve(to);
			if (!at[i])
				(void)queue_preempts(to, &e[i], ns), queue_renew(&e[i]);
			(void)queue_left(&e[i], ns);
			break;
		default:
			cap_set(&cap, (u32)(ns % 6400));
			cap_charge(&cap, ns);
			cap_refill(&cap, take(in, 2));
			must(cap.budget <= (s64)cap.percent * (CAP_PERIOD / 10));
		}
		for (int j = 0; j < 2; j++) {
			unsigned int n = 0;
			u64 load = 0;

			for (int k = 0; k < N; k++)
				if (at[k] == &q[j])
					n++, load += e[k].weight;
			must(q[j].nr == n && q[j].load == load);
			must(!queue_best(&q[j]) == !n);
		}
	}
}
