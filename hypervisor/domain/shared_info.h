/* SPDX-License-Identifier: MIT */
/*
 * The page a domain shares with us, and where each vCPU's part of it lives.
 */
#pragma once

#include "domain/vcpu.h"

int shared_info_create(struct domain *d) __must_check;
void shared_info_destroy(struct domain *d);

/* Point v->info at its default place (shared_info for id < 32, else a dummy). */
void shared_info_init_vcpu(struct vcpu *v);

/*
 * VCPUOP_register_vcpu_info: move to @offset of the guest's frame; once per
 * vCPU.  All pending bits are set so that no event is lost.  -EINVAL, -EBUSY...
 */
int shared_info_register(struct vcpu *v, mfn_t m, u32 offset) __must_check;
/* Undo the registration (reset, destroy). */
void shared_info_unregister(struct vcpu *v);
