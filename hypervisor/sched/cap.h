/* SPDX-License-Identifier: MIT */
/*
 * A limit to a domain's CPU time: a budget for each period, debts carried over.
 * Plain values; the caller locks.
 */
#pragma once

#include "lib/types.h"

#define CAP_PERIOD 10000000 /* ns */

struct cap {
	u32 percent; /* of one CPU; 0: no limit */
	s64 budget;  /* ns left in this period */
};

static inline void cap_set(struct cap *c, u32 percent)
{
	c->percent = percent;
	c->budget = (s64)percent * (CAP_PERIOD / 100);
}

static inline void cap_charge(struct cap *c, u64 ns)
{
	c->budget -= (s64)ns;
}

/*
 * @periods have begun since the last call.  One period's worth can be saved up,
 * and that of periods of which the call is too late: then our own processor was
 * taken away, by a host or firmware, and the domain could not use it.
 */
static inline void cap_refill(struct cap *c, u64 periods)
{
	s64 full = (s64)c->percent * (CAP_PERIOD / 100);
	s64 most = MAX(c->budget, full * (s64)MIN(periods + 1, 10));

	/* A debt is never longer than what some CPUs can run up between two looks. */
	c->budget = MIN(c->budget + full * (s64)MIN(periods, 1000), most);
}

static inline bool cap_used_up(const struct cap *c)
{
	return c->percent && c->budget <= 0;
}
