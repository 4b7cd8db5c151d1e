/* SPDX-License-Identifier: MIT */
/*
 * Quotas in the log.
 */
#include "daemon/quota_log.h"

#include <stdio.h>
#include <time.h>

#include "daemon/dlog.h"

#define INTERVAL_SECONDS 60

/* Untouched pages of this table cost nothing. */
static struct {
	/* Zero: never. */
	uint32_t told_at;
	uint32_t untold;
} refusals[UINT16_MAX + 1][QUOTA_COUNT];

bool quota_log_due(uint16_t domid, enum account_quota quota, uint32_t now, uint32_t *untold)
{
	uint32_t *told_at = &refusals[domid][quota].told_at;

	if (*told_at && now - *told_at < INTERVAL_SECONDS) {
		refusals[domid][quota].untold++;
		return false;
	}
	*told_at = now;
	*untold = refusals[domid][quota].untold;
	refusals[domid][quota].untold = 0;
	return true;
}

static uint32_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)now.tv_sec + 1;
}

/* How to allow more. */
#define REMEDY                                                                                  \
	"allow it more with 'xenstore control quota set %s <number> %u', or let the guest use " \
	"less"

static void tell_refusal(uint16_t domid, enum account_quota quota)
{
	const char *name = account_quota_name(quota);
	uint32_t limit = account_limit_of(domid, quota), untold;
	char used[32] = "", more[64] = "";

	if (!quota_log_due(domid, quota, seconds(), &untold))
		return;
	if (QUOTA_TOTALS & 1u << quota)
		snprintf(used, sizeof(used), ", of which it uses %u", account_of(domid)->used[quota]);
	if (untold)
		snprintf(more, sizeof(more), " (and %u times more since the last such line)", untold);
	dlog("domain %u: refused%s, its quota '%s' is %u%s; " REMEDY, domid, more, name, limit,
	     used, name, domid);
}

static void tell_warning(uint16_t domid, enum account_quota quota)
{
	const char *name = account_quota_name(quota);

	dlog("domain %u: uses %u of its quota '%s', %u; beyond that it is refused; " REMEDY, domid,
	     account_of(domid)->used[quota], name, account_limit_of(domid, quota), name, domid);
}

void quota_log_start(void)
{
	account_on_refusal(tell_refusal);
	account_on_warning(tell_warning);
}
