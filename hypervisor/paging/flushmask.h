/* SPDX-License-Identifier: MIT */
/*
 * Flushes that a guest asks for: of its vCPUs, which we turn into processors.
 */
#pragma once

#include "domain/vcpu.h"

/* Processors on which vCPUs of @d named in the guest's bitmap at @va run. False: bad address. */
bool flushmask_read(struct domain *d, u64 va, unsigned long *cpus) __must_check;
