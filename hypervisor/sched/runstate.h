/* SPDX-License-Identifier: MIT */
/*
 * Accounting of a vCPU's time by state, and the copy a guest registered.
 */
#ifndef SCHED_RUNSTATE_H
#define SCHED_RUNSTATE_H

#include "domain/vcpu.h"

void runstate_change(struct vcpu *v, int state, u64 now); /* RUNSTATE_*; run-queue lock held */
void runstate_get(struct vcpu *v, vcpu_runstate_info_t *out);
/* Copy to current's registered area; called on the way into the guest after a switch. */
void runstate_update_guest(struct vcpu *v);

#endif
