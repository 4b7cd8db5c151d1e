/* SPDX-License-Identifier: MIT */
/* sources: x86/speculation_decide.c */
/*
 * Which processors count as having which fault, and what is done about it.
 * Models are those of Intel's and AMD's tables.
 *
 * Proves: XSA-254
 * Proves: XSA-273
 */
#include "x86/speculation.h"

#include "suite.h"

#define CAP_RDCL_NO (1u << 0)
#define CAP_MDS_NO  (1u << 5)

static struct speculation_options by_cpu;

static struct speculation intel(u32 model, u64 arch_cap)
{
	struct speculation_cpu cpu = { .intel = true,
				       .family = 6,
				       .model = model,
				       .phys_bits = 39,
				       .leaf7_d = CPUID_ARCH_CAPABILITIES,
				       .arch_cap = arch_cap };

	return speculation_decide(&cpu, &by_cpu);
}

static struct speculation amd(u32 family, u32 model)
{
	struct speculation_cpu cpu = { .amd = true, .family = family, .model = model, .phys_bits = 48 };

	return speculation_decide(&cpu, &by_cpu);
}

START_TEST(intel_is_affected_unless_it_says_otherwise)
{
	/* Nehalem, Sandy Bridge, Haswell, Skylake client and server, Kaby Lake, and what TCG shows. */
	static const u8 models[] = { 0x1a, 0x2a, 0x3c, 0x5e, 0x55, 0x9e, 0x06 };

	for (unsigned int i = 0; i < ARRAY_SIZE(models); i++) {
		struct speculation s = intel(models[i], 0);

		ck_assert(s.meltdown && s.l1tf && s.mds && s.l1tf_check && s.xpti);
		ck_assert_uint_eq(s.entry & SPEC_ENTRY_XPTI, SPEC_ENTRY_XPTI);
		/* Later steppings of the same models. */
		s = intel(models[i], CAP_RDCL_NO | CAP_MDS_NO);
		ck_assert(!s.meltdown && !s.l1tf && !s.mds && !s.l1tf_check && !s.xpti);
	}
	/* Cascade Lake's first stepping. */
	ck_assert(!intel(0x55, CAP_RDCL_NO).meltdown && intel(0x55, CAP_RDCL_NO).mds);
}
END_TEST

START_TEST(atoms_lack_what_they_lack)
{
	ck_assert(!intel(0x1c, 0).meltdown && !intel(0x1c, 0).l1tf && !intel(0x1c, 0).mds);
	ck_assert(intel(0x37, 0).meltdown && !intel(0x37, 0).l1tf && intel(0x37, 0).mds);
	ck_assert(intel(0x5c, 0).meltdown && !intel(0x5c, 0).l1tf && !intel(0x5c, 0).mds);
}
END_TEST

START_TEST(amd_and_hygon_have_none_of_these)
{
	static const u8 families[] = { 0x0f, 0x10, 0x15, 0x17, 0x18, 0x19, 0x1a };

	for (unsigned int i = 0; i < ARRAY_SIZE(families); i++) {
		struct speculation s = amd(families[i], 0x31);

		ck_assert(!s.meltdown && !s.l1tf && !s.mds && !s.l1tf_check && !s.xpti);
		ck_assert_uint_eq(s.entry, 0);
	}
}
END_TEST

START_TEST(the_l1_cache_compares_44_bits_where_it_does)
{
	ck_assert_uint_eq(intel(0x5e, 0).l1tf_mask, 0x00000ffffffff000);
	ck_assert_uint_eq(intel(0x06, 0).l1tf_mask, 0x0000007ffffff000);
}
END_TEST

START_TEST(options_overrule_the_processor)
{
	struct speculation_options off = { .l1tf = SPEC_OFF, .xpti = SPEC_OFF };
	struct speculation_options on = { .l1tf = SPEC_ON, .xpti = SPEC_ON };
	struct speculation_cpu cpu = { .intel = true, .family = 6, .model = 0x5e, .phys_bits = 39 };

	ck_assert(!speculation_decide(&cpu, &off).l1tf_check);
	ck_assert(speculation_decide(&cpu, &off).l1tf);
	ck_assert(!speculation_decide(&cpu, &off).xpti);
	ck_assert_uint_eq(speculation_decide(&cpu, &off).entry, 0);
	cpu = (struct speculation_cpu){ .amd = true, .family = 0x17, .phys_bits = 48 };
	ck_assert(speculation_decide(&cpu, &on).l1tf_check);
	ck_assert(speculation_decide(&cpu, &on).xpti);
}
END_TEST

UNIT_MAIN("x86/speculation", intel_is_affected_unless_it_says_otherwise, atoms_lack_what_they_lack,
	  amd_and_hygon_have_none_of_these, the_l1_cache_compares_44_bits_where_it_does,
	  options_overrule_the_processor)
