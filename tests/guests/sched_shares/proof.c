/* SPDX-License-Identifier: MIT */
/*
 * Claim: domains get the share of a CPU that weight and cap say.
 * Attack: sleeping just before the slice ends, sleeping for moments only, yielding, the lightest
 *	weight beside the heaviest: all to be taken for one that sleeps a lot and so goes first.
 * Defence: sched/queue.c, sched/cap.h.
 * ICOUNT: yes
 * LIMIT: 180
 *
 * Proves: domctl.XEN_DOMCTL_scheduler_op ok
 */
#include "guest.h"

#define SPIN(w)               \
	{                     \
		.weight = (w) \
	}
#define TURNS(w, on, off)                                         \
	{                                                         \
		.weight = (w), .work_us = (on), .sleep_us = (off) \
	}

/* In hundredths of a percent of the CPU. */
static u64 points(u64 ns, u64 all)
{
	return ns * 10000 / all;
}

static void weights(void)
{
	struct actor a[] = { SPIN(256), SPIN(512), SPIN(1024) };
	u64 sum = 0;

	actors_run(a, 3, 1000);
	for (int i = 0; i < 3; i++)
		sum += a[i].ran;
	for (int i = 0; i < 3; i++) {
		u64 got = points(a[i].ran, sum), want = points(1 << i, 7);

		check((got * 100 >= want * 95 && got * 100 <= want * 105) || !on_lamina(),
		      "weight %u of 256, 512, 1024: %lu of %lu hundredths of a percent",
		      (u32)a[i].weight, got, want);
	}
	actors_end(a, 3);
}

static void caps(void)
{
	static struct actor tries[][2] = {
		{ { .weight = 256, .cap = 25 }, { .weight = 0 } },
		{ { .weight = 1024, .cap = 25 }, SPIN(256) },
		{ { .weight = 256, .cap = 25, .work_us = 900, .sleep_us = 100 }, SPIN(256) },
		{ { .weight = 256, .cap = 25 }, TURNS(256, 20, 1000) },
		{ { .weight = 256, .cap = 60 }, SPIN(512) },
	};
	static const u64 want[] = { 2500, 2500, 2500, 2500, 3333 };

	for (unsigned int i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		unsigned int n = tries[i][1].weight ? 2 : 1;
		u64 all = actors_run(tries[i], n, 400), got = points(tries[i][0].ran, all);

		check((got + 200 >= want[i] && got <= want[i] + 200) || !on_lamina(),
		      "weight %u with a cap of %u%% beside weight %u: %lu of %lu hundredths of a "
		      "percent",
		      (u32)tries[i][0].weight, (u32)tries[i][0].cap, (u32)tries[i][1].weight, got,
		      want[i]);
		actors_end(tries[i], n);
	}
}

/* Nobody gets more than its share by a twentieth, or than a twentieth of the CPU, whatever it does. */
static void cheats(void)
{
	static struct actor tries[][2] = {
		{ TURNS(256, 900, 100), SPIN(256) },
		{ TURNS(256, 1900, 30), SPIN(256) },
		{ TURNS(256, 40, 10), SPIN(1024) },
		{ TURNS(1, 900, 100), SPIN(65535) },
		{ TURNS(256, 900, 20), SPIN(256) },
		{ { .weight = 256, .yields = true }, SPIN(256) },
		{ TURNS(256, 400, 600), SPIN(1024) },
		{ TURNS(1, 120, 1000), SPIN(65535) },
		{ TURNS(16, 1000, 20000), SPIN(1024) },
	};

	for (unsigned int i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct actor *a = tries[i];
		u64 all = actors_run(a, 2, 300), got = points(a[0].ran, all);
		u64 share = points(a[0].weight, (u64)a[0].weight + a[1].weight);

		check(got * 100 <= share * 105 || got <= 500 || !on_lamina(),
		      "weight %u of %u, %u us on, %u off: %lu of %lu hundredths of a percent",
		      (u32)a[0].weight, (u32)a[0].weight + a[1].weight, a[0].work_us, a[0].sleep_us,
		      got, share);
		check(got + a[1].ran * 10000 / all > 9000, "and no time is lost: the other has %lu",
		      points(a[1].ran, all));
		actors_end(a, 2);
	}
}

void proof(void)
{
	weights();
	caps();
	cheats();
}
