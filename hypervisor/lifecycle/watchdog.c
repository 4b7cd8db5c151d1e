/* SPDX-License-Identifier: MIT */
/*
 * Watchdogs of a domain.
 */
#include "lifecycle/watchdog.h"

#include "lifecycle/shutdown.h"
#include "time/clock.h"
#include "x86/bound.h"

#define NS_PER_S 1000000000ULL

static void expired(void *arg)
{
	shutdown_domain(arg, SHUTDOWN_watchdog);
}

int watchdog_create(struct domain *d)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(d->watchdog); i++)
		timer_init(&d->watchdog[i], expired, d, this_cpu_id());
	return 0;
}

void watchdog_destroy(struct domain *d)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(d->watchdog); i++)
		timer_kill(&d->watchdog[i]);
}

long watchdog_set(struct domain *d, u32 id, u32 seconds)
{
	u64 when = clock_now() + seconds * NS_PER_S;
	long rc = 0;
	u32 i;

	if (!id && !seconds)
		return -EINVAL;
	SPIN_HOLD(&d->lock);
	if (!id) {
		for (i = 0; i < ARRAY_SIZE(d->watchdog) && d->watchdog_used & (1U << i); i++)
			;
		rc = i < ARRAY_SIZE(d->watchdog) ? (long)i + 1 : -ENOSPC;
	} else {
		i = id - 1;
		if (!bound_index(i, ARRAY_SIZE(d->watchdog)) || !(d->watchdog_used & (1U << i)))
			rc = -EINVAL;
	}
	if (rc >= 0 && seconds) {
		d->watchdog_used |= 1U << i;
		timer_set(&d->watchdog[i], when);
	} else if (rc >= 0) {
		d->watchdog_used &= ~(1U << i);
		timer_stop(&d->watchdog[i]);
	}
	return rc;
}
