/* SPDX-License-Identifier: MIT */
/*
 * From processor and options to policy.
 *
 * Sources: Intel's "Affected Processors" tables and the notes on each fault,
 * AMD's "Software Techniques for Managing Speculation" and its notes on branch
 * type confusion, and the CPUID and MSR definitions of both manuals.  What is
 * not known to be safe counts as affected.
 */
#include "x86/speculation.h"

struct speculation speculation __read_mostly;

/* IA32_ARCH_CAPABILITIES */
#define CAP_RDCL_NO    (1UL << 0)
#define CAP_IBRS_ALL   (1UL << 1) /* IBRS, set once, holds whenever the hypervisor runs */
#define CAP_MDS_NO     (1UL << 5)
#define CAP_TAA_NO     (1UL << 8)
#define CAP_FB_CLEAR   (1UL << 17)
#define CAP_RFDS_CLEAR (1UL << 28)
#define CAP_MMIO_NO    (7UL << 13)

/* Models of family 6 that lack faults which all others without a "not affected" bit have. */
static const struct {
	u32 lacks;
	u8 models[8];
} spared[] = {
	/* Bonnell and Saltwell execute in order. */
	{ FAULT_MELTDOWN | FAULT_L1TF | FAULT_MDS | FAULT_SPECTRE, { 0x1c, 0x26, 0x27, 0x35, 0x36 } },
	/* Silvermont and Airmont, Knights Landing and Mill. */
	{ FAULT_L1TF, { 0x37, 0x4a, 0x4c, 0x4d, 0x57, 0x5a, 0x75, 0x85 } },
	{ FAULT_L1TF | FAULT_MDS, { 0x5c, 0x5f, 0x7a } }, /* Goldmont */
};

static u32 faults_of(const struct speculation_cpu *cpu)
{
	u32 faults = FAULT_MELTDOWN | FAULT_L1TF | FAULT_MDS | FAULT_SPECTRE;
	u64 cap = cpu->arch_cap;

	if (cpu->amd)
		return FAULT_SPECTRE;
	if (!cpu->intel)
		return FAULT_MELTDOWN | FAULT_SPECTRE;
	if (cap & CAP_RDCL_NO)
		faults &= ~(FAULT_MELTDOWN | FAULT_L1TF);
	if (cap & CAP_MDS_NO)
		faults &= ~FAULT_MDS;
	for (unsigned int i = 0; i < 8 * ARRAY_SIZE(spared) && cpu->family == 6; i++)
		if (cpu->model && cpu->model == spared[i / 8].models[i % 8])
			faults &= ~spared[i / 8].lacks;
	/* Bit 11: transactions. */
	if ((cpu->leaf7_b & 1u << 11 && !(cap & CAP_TAA_NO)) || cap & CAP_RFDS_CLEAR ||
	    (cap & CAP_FB_CLEAR && (cap & CAP_MMIO_NO) != CAP_MMIO_NO))
		faults |= FAULT_MDS;
	return faults;
}

/* Whether Intel's leaf 7 has bit @d in EDX, or AMD's leaf 0x80000008 bit @b in EBX. */
static bool has(const struct speculation_cpu *cpu, unsigned int d, unsigned int b)
{
	return (cpu->leaf7_d >> d | cpu->ext8_b >> b) & 1;
}

/* The measures for which the processor has what they need. */
static u32 possible(const struct speculation_cpu *cpu)
{
	bool clears = cpu->leaf7_d & 1u << 10 || cpu->arch_cap & (CAP_FB_CLEAR | CAP_RFDS_CLEAR);

	return SPEC_XPTI | SPEC_L1TF | SPEC_RSB | SPEC_RETPOLINE | (clears ? SPEC_VERW : 0) |
	       (has(cpu, 26, 14) ? SPEC_IBRS : 0) | (has(cpu, 27, 15) ? SPEC_STIBP : 0) |
	       (has(cpu, 31, 24) ? SPEC_SSBD : 0) |
	       (has(cpu, 26, 12) ? SPEC_IBPB | SPEC_IBPB_ENTRY : 0);
}

/* The measures that its faults call for. */
static u32 wanted(const struct speculation_cpu *cpu, u32 faults)
{
	/* Branch type confusion: any instruction may be predicted to be a branch; bit 29: not so. */
	bool btc =
		cpu->amd && cpu->family >= 0x15 && cpu->family <= 0x18 && !(cpu->ext8_b & 1u << 29);
	/* A guest's returns lead to its own addresses, where SMEP does not let the hypervisor go. */
	u32 branches = (possible(cpu) & SPEC_IBRS ? 0 : SPEC_RETPOLINE) | SPEC_IBRS | SPEC_IBPB |
		       SPEC_STIBP | (cpu->smep ? 0 : SPEC_RSB) | (btc ? SPEC_IBPB_ENTRY : 0);

	return (faults & FAULT_MELTDOWN ? SPEC_XPTI : 0) | (faults & FAULT_L1TF ? SPEC_L1TF : 0) |
	       (faults & FAULT_MDS ? SPEC_VERW : 0) | (faults & FAULT_SPECTRE ? branches : 0);
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
	struct speculation s = { .faults = faults_of(cpu) };
	u32 can = possible(cpu), held;

	s.measures = (wanted(cpu, s.faults) & can & ~o->off) | (o->on & (can | SPEC_VERW));
	/* Asked for by name where CPUID is silent: if there is the register. */
	if (cpu->readable)
		s.measures |= o->on;
	/* SPEC_CTRL: bit 0 IBRS, bit 1 STIBP, bit 2 SSBD. */
	held = (s.measures & SPEC_STIBP ? 2 : 0) | (s.measures & SPEC_SSBD ? 4 : 0);
	s.ctrl_hv = held | (s.measures & SPEC_IBRS ? 1 : 0);
	s.ctrl_guest = cpu->arch_cap & CAP_IBRS_ALL ? s.ctrl_hv : held;
	s.entry = s.measures & (SPEC_XPTI | SPEC_IBPB_ENTRY | SPEC_RSB | SPEC_VERW);
	if (s.ctrl_guest != s.ctrl_hv)
		s.entry |= SPEC_CTRL;
	s.l1tf_mask = ((1UL << l1_address_bits(cpu)) - 1) & PAGE_MASK;
	return s;
}
