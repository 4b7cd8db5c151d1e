/* SPDX-License-Identifier: MIT */
/*
 * From processor and options to policy.
 *
 * Sources: Intel's "Affected Processors" tables and the notes on each fault,
 * AMD's "Software Techniques for Managing Speculation", and the CPUID and MSR
 * definitions of both manuals.  What is not known to be safe counts as
 * affected.
 */
#include "x86/speculation.h"

struct speculation speculation __read_mostly;
struct speculation_options speculation_options;

/* IA32_ARCH_CAPABILITIES */
#define CAP_RDCL_NO (1UL << 0)
#define CAP_MDS_NO  (1UL << 5)

#define FAULT_MELTDOWN 1
#define FAULT_L1TF     2
#define FAULT_MDS      4

/* Models of family 6 that lack faults which all others without a "not affected" bit have. */
static const struct {
	u32 lacks;
	u8 models[8];
} spared[] = {
	/* Bonnell and Saltwell execute in order. */
	{ FAULT_MELTDOWN | FAULT_L1TF | FAULT_MDS, { 0x1c, 0x26, 0x27, 0x35, 0x36 } },
	/* Silvermont and Airmont, Knights Landing and Mill. */
	{ FAULT_L1TF, { 0x37, 0x4a, 0x4c, 0x4d, 0x57, 0x5a, 0x75, 0x85 } },
	{ FAULT_L1TF | FAULT_MDS, { 0x5c, 0x5f, 0x7a } }, /* Goldmont */
};

static u32 faults_of(const struct speculation_cpu *cpu)
{
	u32 faults = FAULT_MELTDOWN | FAULT_L1TF | FAULT_MDS;

	if (cpu->amd)
		return 0;
	if (!cpu->intel)
		return FAULT_MELTDOWN;
	if (cpu->arch_cap & CAP_RDCL_NO)
		faults &= ~(FAULT_MELTDOWN | FAULT_L1TF);
	if (cpu->arch_cap & CAP_MDS_NO)
		faults &= ~FAULT_MDS;
	for (unsigned int i = 0; i < ARRAY_SIZE(spared) && cpu->family == 6; i++)
		for (unsigned int j = 0; j < ARRAY_SIZE(spared[i].models); j++)
			if (cpu->model && cpu->model == spared[i].models[j])
				faults &= ~spared[i].lacks;
	return faults;
}

static bool chosen(u8 choice, bool by_cpu)
{
	return choice == SPEC_AUTO ? by_cpu : choice == SPEC_ON;
}

/* From Nehalem to Kaby Lake the L1 cache compares 44 bits, whatever CPUID says of the rest. */
static u32 l1_address_bits(const struct speculation_cpu *cpu)
{
	bool small = cpu->family == 6 && cpu->model >= 0x1a;

	return small && cpu->phys_bits < 44 ? 44 : cpu->phys_bits;
}

struct speculation speculation_decide(const struct speculation_cpu *cpu,
				      const struct speculation_options *o)
{
	u32 faults = faults_of(cpu);
	struct speculation s = {
		.meltdown = faults & FAULT_MELTDOWN,
		.l1tf = faults & FAULT_L1TF,
		.mds = faults & FAULT_MDS,
	};

	s.xpti = chosen(o->xpti, s.meltdown);
	s.entry = s.xpti ? SPEC_ENTRY_XPTI : 0;
	s.l1tf_check = chosen(o->l1tf, s.l1tf);
	s.l1tf_mask = ((1UL << l1_address_bits(cpu)) - 1) & PAGE_MASK;
	return s;
}
