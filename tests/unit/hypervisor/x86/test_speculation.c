/* SPDX-License-Identifier: MIT */
/* sources: x86/speculation_decide.c */
/*
 * Which processors count as having which fault, and what is done about it.
 * Models are those of Intel's and AMD's tables.
 *
 * Proves: XSA-254
 * Proves: XSA-273
 * Proves: XSA-297
 * Proves: XSA-404
 */
#include "x86/speculation.h"

#include "suite.h"

#define CAP_RDCL_NO    (1u << 0)
#define CAP_IBRS_ALL   (1u << 1)
#define CAP_MDS_NO     (1u << 5)
#define CAP_TAA_NO     (1u << 8)
#define CAP_MMIO_NO    (7u << 13)
#define CAP_FB_CLEAR   (1u << 17)
#define CAP_RFDS_CLEAR (1u << 28)

/* Leaf 7 EDX of an Intel processor with all the microcode. */
#define MICROCODE (CPUID_ARCH_CAPABILITIES | 1u << 10 | 1u << 26 | 1u << 27 | 1u << 31)

static struct speculation_options by_cpu;

static struct speculation_cpu intel_cpu(u32 model, u64 arch_cap)
{
	return (struct speculation_cpu){ .intel = true,
					 .smep = true,
					 .family = 6,
					 .model = model,
					 .phys_bits = 39,
					 .leaf7_d = CPUID_ARCH_CAPABILITIES,
					 .arch_cap = arch_cap };
}

static struct speculation_cpu amd_cpu(u32 family, u32 ext8_b)
{
	return (struct speculation_cpu){ .amd = true,
					 .smep = true,
					 .family = family,
					 .model = 0x31,
					 .phys_bits = 48,
					 .ext8_b = ext8_b };
}

static struct speculation decide(struct speculation_cpu cpu)
{
	return speculation_decide(&cpu, &by_cpu);
}

static struct speculation intel(u32 model, u64 arch_cap)
{
	return decide(intel_cpu(model, arch_cap));
}

START_TEST(intel_is_affected_unless_it_says_otherwise)
{
	/* Nehalem, Sandy Bridge, Haswell, Skylake client and server, Kaby Lake, and what TCG shows. */
	static const u8 models[] = { 0x1a, 0x2a, 0x3c, 0x5e, 0x55, 0x9e, 0x06 };

	for (unsigned int i = 0; i < ARRAY_SIZE(models); i++) {
		struct speculation s = intel(models[i], 0);

		ck_assert_uint_eq(s.faults, FAULT_MELTDOWN | FAULT_L1TF | FAULT_MDS | FAULT_SPECTRE);
		/* Without microcode there is nothing else to be had. */
		ck_assert_uint_eq(s.measures, SPEC_XPTI | SPEC_L1TF | SPEC_RETPOLINE);
		ck_assert_uint_eq(s.entry, SPEC_XPTI);
		/* Later steppings of the same models. */
		s = intel(models[i], CAP_RDCL_NO | CAP_MDS_NO);
		ck_assert_uint_eq(s.faults, FAULT_SPECTRE);
		ck_assert_uint_eq(s.measures, SPEC_RETPOLINE);
	}
	/* Cascade Lake's first stepping. */
	ck_assert_uint_eq(intel(0x55, CAP_RDCL_NO).faults, FAULT_MDS | FAULT_SPECTRE);
}
END_TEST

START_TEST(atoms_lack_what_they_lack)
{
	ck_assert_uint_eq(intel(0x37, 0).faults, FAULT_MELTDOWN | FAULT_MDS | FAULT_SPECTRE);
	ck_assert_uint_eq(intel(0x5c, 0).faults, FAULT_MELTDOWN | FAULT_SPECTRE);
	ck_assert_uint_eq(intel(0x1c, 0).faults, 0);
}
END_TEST

START_TEST(amd_and_hygon_have_spectre_only)
{
	static const u32 families[] = { 0x0f, 0x15, 0x17, 0x18, 0x19, 0x1a };

	for (unsigned int i = 0; i < ARRAY_SIZE(families); i++) {
		struct speculation s = decide(amd_cpu(families[i], 0));

		ck_assert_uint_eq(s.faults, FAULT_SPECTRE);
		ck_assert_uint_eq(s.measures, SPEC_RETPOLINE);
		ck_assert_uint_eq(s.entry, 0);
	}
}
END_TEST

START_TEST(the_l1_cache_compares_44_bits_where_it_does)
{
	ck_assert_uint_eq(intel(0x9e, 0).l1tf_mask, 0xffffffff000);
	ck_assert_uint_eq(intel(0x06, 0).l1tf_mask, 0x7ffffff000);
}
END_TEST

START_TEST(microcode_gives_what_cpuid_says)
{
	static const u32 registers = SPEC_IBRS | SPEC_STIBP | SPEC_IBPB;
	struct speculation_cpu cpu = intel_cpu(0x9e, 0);
	struct speculation s;

	cpu.leaf7_d = MICROCODE;
	s = decide(cpu);
	ck_assert_uint_eq(s.measures, registers | SPEC_XPTI | SPEC_L1TF | SPEC_VERW);
	ck_assert_uint_eq(s.entry, SPEC_XPTI | SPEC_VERW | SPEC_CTRL);
	ck_assert_uint_eq(s.ctrl_hv, 3);
	ck_assert_uint_eq(s.ctrl_guest, 2);
	/* IBRS that holds by itself is written once. */
	cpu.arch_cap = CAP_RDCL_NO | CAP_MDS_NO | CAP_IBRS_ALL;
	s = decide(cpu);
	ck_assert_uint_eq(s.measures, registers);
	ck_assert_uint_eq(s.entry, 0);
	ck_assert_uint_eq(s.ctrl_hv, 3);
	ck_assert_uint_eq(s.ctrl_guest, 3);
	cpu.smep = false;
	ck_assert_uint_eq(decide(cpu).entry, SPEC_RSB);
}
END_TEST

START_TEST(kin_of_mds)
{
	struct speculation_cpu cpu = intel_cpu(0x55, CAP_RDCL_NO | CAP_MDS_NO);

	cpu.leaf7_d = MICROCODE;
	ck_assert_uint_eq(decide(cpu).faults & FAULT_MDS, 0);
	/* Transactions. */
	cpu.leaf7_b = 1u << 11;
	ck_assert_uint_eq(decide(cpu).entry & SPEC_VERW, SPEC_VERW);
	cpu.arch_cap |= CAP_TAA_NO;
	ck_assert_uint_eq(decide(cpu).entry & SPEC_VERW, 0);
	/* MMIO stale data, then register file data sampling, each by the bit of its microcode. */
	cpu.leaf7_d = CPUID_ARCH_CAPABILITIES;
	cpu.arch_cap |= CAP_FB_CLEAR;
	ck_assert_uint_eq(decide(cpu).entry & SPEC_VERW, SPEC_VERW);
	cpu.arch_cap |= CAP_MMIO_NO;
	ck_assert_uint_eq(decide(cpu).entry & SPEC_VERW, 0);
	cpu.arch_cap |= CAP_RFDS_CLEAR;
	ck_assert_uint_eq(decide(cpu).entry & SPEC_VERW, SPEC_VERW);
}
END_TEST

START_TEST(amd_by_its_own_leaf)
{
	static const u32 ibpb = 1u << 12, ibrs = 1u << 14, stibp = 1u << 15, btc_no = 1u << 29;

	ck_assert_uint_eq(decide(amd_cpu(0x19, ibpb)).measures, SPEC_IBPB | SPEC_RETPOLINE);
	ck_assert_uint_eq(decide(amd_cpu(0x19, ibpb | ibrs | stibp)).measures,
			  SPEC_IBPB | SPEC_IBRS | SPEC_STIBP);
	/* Branch type confusion, before Zen 3. */
	ck_assert_uint_eq(decide(amd_cpu(0x17, ibpb)).entry, SPEC_IBPB_ENTRY);
	ck_assert_uint_eq(decide(amd_cpu(0x17, ibpb | btc_no)).entry, 0);
}
END_TEST

START_TEST(options_overrule_the_processor)
{
	struct speculation_options off = { .off = ~0u };
	struct speculation_options on = { .on = SPEC_XPTI | SPEC_L1TF | SPEC_VERW | SPEC_RSB };
	struct speculation_cpu cpu = intel_cpu(0x5e, 0);

	cpu.leaf7_d = MICROCODE;
	ck_assert_uint_eq(speculation_decide(&cpu, &off).measures, 0);
	ck_assert_uint_eq(speculation_decide(&cpu, &off).ctrl_hv, 0);
	ck_assert_uint_eq(speculation_decide(&cpu, &off).faults & FAULT_L1TF, FAULT_L1TF);
	cpu = amd_cpu(0x19, 0);
	on.off = SPEC_RETPOLINE;
	ck_assert_uint_eq(speculation_decide(&cpu, &on).measures, on.on);
	/* A register that is not there is not written, whoever asks for it. */
	on.on = SPEC_IBRS | SPEC_SSBD | SPEC_IBPB;
	ck_assert_uint_eq(speculation_decide(&cpu, &on).measures, 0);
	cpu.readable = true;
	ck_assert_uint_eq(speculation_decide(&cpu, &on).measures, on.on);
	ck_assert_uint_eq(speculation_decide(&cpu, &on).ctrl_hv, 5);
	ck_assert_uint_eq(speculation_decide(&cpu, &on).ctrl_guest, 4);
}
END_TEST

UNIT_MAIN("x86/speculation", intel_is_affected_unless_it_says_otherwise, atoms_lack_what_they_lack,
	  amd_and_hygon_have_spectre_only, the_l1_cache_compares_44_bits_where_it_does,
	  microcode_gives_what_cpuid_says, kin_of_mds, amd_by_its_own_leaf,
	  options_overrule_the_processor)
