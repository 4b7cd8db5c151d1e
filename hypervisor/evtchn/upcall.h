/* SPDX-License-Identifier: MIT */
/*
 * Telling a vCPU that an event waits for it.
 */
#pragma once

#include "domain/vcpu.h"

/* Make the upcall pending for @v and wake or kick it. Any context. */
void upcall_raise(struct vcpu *v);
/* Wake those vCPUs of @d that poll for @port, after it has become pending. */
void upcall_wake_pollers(struct domain *d, u32 port);
