/* SPDX-License-Identifier: MIT */
/*
 * CPUID for a vCPU: this machine's facts put into the policy.
 */
#include "pv/cpuid.h"
#include "pv/pv.h"

#include "frame/alloc.h"
#include "time/clock.h"
#include "x86/features.h"
#include "x86/insn.h"

static u32 address_width(u64 max_mfn)
{
	u32 bits = PAGE_SHIFT;

	while (max_mfn) {
		bits++;
		max_mfn >>= 1;
	}
	return MAX(bits, 32u);
}

void cpuid_guest(struct vcpu *v, u32 leaf, u32 sub, u32 *a, u32 *b, u32 *c, u32 *d)
{
	struct cpuid_context x = {
		.vcpu_id = v->id,
		.phys_bits = address_width(alloc_max_mfn().v),
		.hardware = v->domain->hardware,
		.intel = cpu_features.intel,
		.osxsave = cpu_features.xsave,
		.xcr0 = cpu_features.xcr0,
		.tsc_khz = (u32)clock_tsc_khz,
		.tsc_mul = clock_scale.mul,
		.tsc_shift = clock_scale.shift,
		.tsc_stable = clock_tsc_stable,
		.rdtscp = cpu_features.rdtscp,
		.tsc_mode = v->domain->tsc_mode,
	};
	struct cpuid_regs r;

	/* Beyond its last leaf a processor repeats another; the guest sees zeros. */
	if (leaf > (leaf & 0x80000000 ? cpu_features.max_ext_leaf : cpu_features.max_leaf))
		r = (struct cpuid_regs){ 0 };
	else
		insn_cpuid(leaf, sub, &r.a, &r.b, &r.c, &r.d);
	cpuid_policy(&x, leaf, sub, &r);
	*a = r.a;
	*b = r.b;
	*c = r.c;
	*d = r.d;
}
