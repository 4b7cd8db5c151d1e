/* SPDX-License-Identifier: MIT */
/*
 * Debug registers, beyond what pv/pv.h declares.
 */
#pragma once

#include "domain/vcpu.h"

/* Bits of DR6 that report something, and the others, which read as ones. */
#define DR6_REPORT   0xe00fUL
#define DR6_RESERVED 0xffff0ff0UL

/* Read what the processor reports and reset it. */
u64 debugreg_take_dr6(void);

/* Switch from the registers of @prev to those of @next (either may be idle). */
void debugreg_switch(const struct vcpu *prev, const struct vcpu *next);
