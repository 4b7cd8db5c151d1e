/* SPDX-License-Identifier: MIT */
/*
 * Changing how much memory a running domain has.
 *
 * The domain's own balloon driver does the work: it is told a target in the
 * store, and gives frames back or asks for more.  The hypervisor's limit holds
 * it to what it was told; a guest that gives nothing back keeps what it has.
 */
#pragma once

#include <stdint.h>

#include "domain/find.h"
#include "domain/host.h"

/* The hypervisor's limit is this much above the target: room for the driver's own pages. */
#define RESIZE_SLACK_KIB 1024

/*
 * resize_ask - set a domain's target, and its limit beside it.
 * @kib: the new size.  Refused with @d set: more than the most it was started
 * with, more than is free, less than a kernel can live in.
 */
int resize_ask(struct host *h, const struct found_guest *g, uint64_t kib, struct diag *d);

/*
 * resize_wait - wait until a domain has the size it was asked for.
 * @timeout_ms: how long at most.  Returns 0, or -1 with @d saying how far it came.
 */
int resize_wait(struct host *h, const struct found_guest *g, uint64_t kib, int timeout_ms,
		struct diag *d);

/*
 * resize_limit - set the hypervisor's limit alone.
 * Refused below what the domain was asked to have.
 */
int resize_limit(struct host *h, const struct found_guest *g, uint64_t kib, struct diag *d);
