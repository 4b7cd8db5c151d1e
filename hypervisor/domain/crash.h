/* SPDX-License-Identifier: MIT */
/*
 * Ending a guest for its own fault.
 */
#pragma once

#include "domain/domain.h"

/*
 * Crash @d: one line in the log saying why (the first reason wins), its vCPUs
 * stop at their next exit, the toolstack is told with SHUTDOWN_crash.  Sticky:
 * callers may carry on as if nothing happened, and need return no error.
 */
void domain_crash(struct domain *d, const char *fmt, ...) __printf(2, 3);

/* Provided above (lifecycle/shutdown.c): stop @d and report SHUTDOWN_crash. Any context but NMI. */
void domain_crash_stop(struct domain *d);
