/* SPDX-License-Identifier: MIT */
/*
 * CPUID for a vCPU: this machine's facts put into the policy.
 */
#include "pv/cpuid.h"
#include "pv/pv.h"

#include "frame/alloc.h"
#include "time/clock.h"
#include "x86/features.h"

static u32 address_width(u64 max_mfn)
{
	u32 bits = PAGE_SHIFT;

	while (max_mfn) {
		bits++;
		max_mfn >>= 1;
	}
	return MAX(bits, 32u);
}

struct cpuid_regs cpuid_host(u32 leaf, u32 sub)
{
	struct cpuid_regs r = { 0 };

	/* Beyond its last leaf a processor repeats another; here it is zeros. */
	if (leaf <= (leaf & 0x80000000 ? cpu_features.max_ext_leaf : cpu_features.max_leaf))
		insn_cpuid(leaf, sub, &r.a, &r.b, &r.c, &r.d);
	return r;
}

/* The state components that @d may enable: what it must not know, it has no state of. */
static u64 visible_xcr0(const struct domain *d)
{
	u32 hidden = d ? d->cpuid_hidden[CPUID_WORD_1C] : 0;

	if (hidden & CPUID_1C_XSAVE)
		return 0;
	return cpu_features.xcr0 & (hidden & CPUID_1C_AVX ? 3 : ~0UL);
}

struct cpuid_regs cpuid_guest(const struct domain *d, u32 vcpu_id, u32 leaf, u32 sub)
{
	struct cpuid_context x = {
		.vcpu_id = vcpu_id,
		.phys_bits = address_width(alloc_max_mfn().v),
		.hardware = d && d->hardware,
		.intel = cpu_features.intel,
		.osxsave = cpu_features.xsave,
		.xcr0 = visible_xcr0(d),
		.tsc_khz = (u32)clock_tsc_khz,
		.tsc_mul = clock_scale.mul,
		.tsc_shift = clock_scale.shift,
		.tsc_stable = clock_tsc_stable,
		.rdtscp = cpu_features.rdtscp,
		.tsc_mode = d ? d->tsc_mode : 0,
	};
	struct cpuid_regs r = cpuid_host(leaf, sub);

	for (unsigned int i = 0; d && i < CPUID_WORDS; i++)
		if (cpuid_words[i].leaf == leaf &&
		    (cpuid_words[i].sub == sub || !cpuid_subleaves(leaf)))
			*cpuid_word_of(&r, i) &= ~d->cpuid_hidden[i];
	cpuid_policy(&x, leaf, sub, &r);
	return r;
}
