/* SPDX-License-Identifier: MIT */
/*
 * Claim: who sleeps a millisecond at a time beside one that spins wakes within two, at any weight.
 * Attack: the lightest beside the heaviest; several of each.
 * Defence: sched/queue.c, urgency.
 * ICOUNT: yes
 * LIMIT: 120
 *
 * Proves: domctl.XEN_DOMCTL_scheduler_op ok
 */
#include "guest.h"

#define SPIN(w)               \
	{                     \
		.weight = (w) \
	}
#define SLEEP_1MS(w, us)                                         \
	{                                                        \
		.weight = (w), .work_us = (us), .sleep_us = 1000 \
	}

static void measure(struct actor *a, unsigned int n, unsigned int ms, const char *what)
{
	actors_run(a, n, ms);
	for (unsigned int i = 0; i < n; i++) {
		u64 p99 = actor_slept(&a[i], 990);

		if (a[i].sleep_us)
			check(p99 <= 2000 || !on_lamina(), "%s, weight %u: half of the sleeps within %lu us, 90%% %lu, 99%% %lu, all %lu",
			      what, (u32)a[i].weight, actor_slept(&a[i], 500),
			      actor_slept(&a[i], 900), p99, actor_slept(&a[i], 1000));
	}
	actors_end(a, n);
}

void proof(void)
{
	static const u16 weights[][2] = { { 256, 256 },	 { 1, 65535 }, { 65535, 1 },
					  { 256, 1024 }, { 1024, 64 }, { 1, 1 } };
	struct actor alone[] = { SLEEP_1MS(256, 20) };
	struct actor crowd[] = { SLEEP_1MS(256, 20), SLEEP_1MS(64, 20), SPIN(256), SPIN(1024) };

	measure(alone, 1, 100, "alone");
	for (unsigned int i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		struct actor two[] = { SLEEP_1MS(weights[i][0], i & 1 ? 35 : 20),
				       SPIN(weights[i][1]) };

		measure(two, 2, 300, "beside a spinner");
	}
	measure(crowd, 4, 300, "two sleepers, two spinners");
}
