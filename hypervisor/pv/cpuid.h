/* SPDX-License-Identifier: MIT */
/*
 * CPUID as guests are told it: a pure function of what the processor says.
 */
#ifndef PV_CPUID_H
#define PV_CPUID_H

#include "lib/types.h"

struct cpuid_regs {
	u32 a, b, c, d;
};

/* What the answer depends on besides the processor. */
struct cpuid_context {
	u32 vcpu_id;
	u32 phys_bits; /* width that covers all RAM of the machine */
	bool hardware; /* dom0, which never migrates */
	bool intel;
	bool osxsave; /* CR4.OSXSAVE as user space sees it in the raw leaf */
	u64 xcr0;     /* components a guest may enable */
	u32 tsc_khz;
	u32 tsc_mul;
	s8 tsc_shift;
	bool tsc_stable;
	bool rdtscp;
	u32 tsc_mode;
};

/* Turn @r, the processor's answer for @leaf and @sub, into the guest's. */
void cpuid_policy(const struct cpuid_context *x, u32 leaf, u32 sub, struct cpuid_regs *r);

#endif
