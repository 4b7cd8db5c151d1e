/* SPDX-License-Identifier: MIT */
/*
 * Control registers as a guest reads and writes them.
 */
#pragma once

#include "domain/vcpu.h"

/* Bits of CR4 that a guest always reads as the machine has them. */
u64 guest_cr4_fixed(void);
/* What CR4 reads as after a write of @value. */
u64 guest_cr4_merge(u64 value);
/* Give the processor those bits of @v's CR4 that differ between vCPUs. */
void guest_cr4_load(const struct vcpu *v);

/* mov from / to CR0, 2, 3, 4 by current's kernel; false: #GP. */
bool guest_cr_read(struct vcpu *v, unsigned int cr, u64 *value);
bool guest_cr_write(struct vcpu *v, unsigned int cr, u64 value);

/* Set or clear CR0.TS for current. */
void guest_cr_set_ts(struct vcpu *v, bool set);

/* xsetbv; false: #GP. */
bool guest_xcr_write(struct vcpu *v, u32 index, u64 value);
