/* SPDX-License-Identifier: MIT */
/*
 * Accounting of a vCPU's time by state, and the copy a guest registered.
 */
#pragma once

#include "domain/vcpu.h"

void runstate_change(struct vcpu *v, int state, u64 now); /* RUNSTATE_*; run-queue lock held */
void runstate_get(struct vcpu *v, vcpu_runstate_info_t *out);
/*
 * Copy to the area that current registered.  The guest kernel's address space
 * is loaded: the area is a kernel address.  An area that faults is left alone.
 */
void runstate_update_guest(struct vcpu *v);
