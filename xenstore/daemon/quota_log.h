/* SPDX-License-Identifier: MIT */
/*
 * What the log says of quotas: a warning when one is nearly used up, and of
 * refusals at most a line a minute for each domain and quota, as a guest can
 * cause as many as it likes.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/account.h"

/* Begins to listen to accounts. */
void quota_log_start(void);

/*
 * Whether a refusal at @now, in seconds of a clock that begins above zero, is
 * to be told of; *untold is how many were not since the last one that was.
 */
bool quota_log_due(uint16_t domid, enum account_quota quota, uint32_t now, uint32_t *untold);
