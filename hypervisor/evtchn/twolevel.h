/* SPDX-License-Identifier: MIT */
/*
 * Two-level delivery: a bit per port in the shared page, a bit per word of
 * those in the vCPU's vcpu_info.
 */
#pragma once

#include "domain/vcpu.h"

void twolevel_raise(struct domain *d, struct vcpu *v, u32 port);
void twolevel_clear(struct domain *d, u32 port);
void twolevel_unmask(struct domain *d, struct vcpu *v, u32 port);
bool twolevel_pending(struct domain *d, u32 port);
bool twolevel_masked(struct domain *d, u32 port);
