/* SPDX-License-Identifier: MIT */
/*
 * Model-specific registers as current's kernel reads and writes them.
 */
#pragma once

#include "domain/vcpu.h"

/* False: #GP, which kernels expect of a register that is not there. */
bool guest_msr_read(struct vcpu *v, u32 msr, u64 *value);
bool guest_msr_write(struct vcpu *v, u32 msr, u64 value);

/* Give the processor @v's TSC_AUX, which rdtscp shows. */
void guest_msr_load_tsc_aux(const struct vcpu *v);
