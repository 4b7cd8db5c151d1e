/* SPDX-License-Identifier: MIT */
/*
 * CPUID as guests are told it: a pure function of what the processor says.
 */
#pragma once

#include "domain/domain.h"

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

/* Words of feature bits in the order of the tools' featuresets: leaf, subleaf, offset of the register. */
struct cpuid_word {
	u32 leaf, sub, reg;
};
extern const struct cpuid_word cpuid_words[CPUID_WORDS];
#define CPUID_WORD_1C	   1
#define CPUID_WORD_E1D	   2
#define CPUID_E1D_COMMON   0x0183f3ffu /* what leaf 80000001 repeats of leaf 1 (AMD) */
#define CPUID_1C_XSAVE	   (1u << 26)
#define CPUID_1C_AVX	   (1u << 28)
#define CPUID_MAX_LEAF	   0x16u
#define CPUID_MAX_EXTENDED 0x80000008u

/* How many subleaves of @leaf the tools' library knows; 0: it has none. */
static inline u32 cpuid_subleaves(u32 leaf)
{
	return leaf == 4 ? 6 : leaf == 7 ? 3 : leaf == 0xb ? 2 : leaf == 0xd ? 63 : 0;
}

static inline u32 *cpuid_word_of(struct cpuid_regs *r, unsigned int word)
{
	return (u32 *)((u8 *)r + cpuid_words[word].reg);
}

/*
 * What the processor says, and what vCPU @vcpu_id of @d is told.  Without a
 * domain: what one that is not dom0 is told if the tools hide nothing.
 */
struct cpuid_regs cpuid_host(u32 leaf, u32 sub);
struct cpuid_regs cpuid_guest(const struct domain *d, u32 vcpu_id, u32 leaf, u32 sub);

/* Turn @r, the processor's answer for @leaf and @sub, into the guest's. */
void cpuid_policy(const struct cpuid_context *x, u32 leaf, u32 sub, struct cpuid_regs *r);
