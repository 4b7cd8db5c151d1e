/* SPDX-License-Identifier: MIT */
/*
 * Watchdogs: a domain that does not renew one in time is shut down.
 */
#pragma once

#include "domain/domain.h"

int watchdog_create(struct domain *d) __must_check;
void watchdog_destroy(struct domain *d);

/*
 * SCHEDOP_watchdog: @id 0 takes a free one and returns its id (from 1 on);
 * another id renews it, or with @seconds 0 stops and frees it.  -ENOSPC,
 * -EINVAL.
 */
long watchdog_set(struct domain *d, u32 id, u32 seconds);
