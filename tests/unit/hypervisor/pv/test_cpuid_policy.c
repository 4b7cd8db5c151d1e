/* SPDX-License-Identifier: MIT */
/* sources: pv/cpuid_policy.c */
/*
 * CPUID policy: what must be hidden is, on a processor that has everything;
 * the hypervisor's own leaves are those of the public header.
 */
#include "pv/cpuid.h"

#include "suite.h"
#include <string.h>

#define BIT(n) (1u << (n))

static struct cpuid_context ctx(void)
{
	return (struct cpuid_context){
		.vcpu_id = 3,
		.phys_bits = 36,
		.osxsave = true,
		.xcr0 = 7,
		.tsc_khz = 2000000,
		.tsc_mul = 0x80000000,
		.tsc_shift = -1,
		.tsc_stable = true,
		.rdtscp = true,
	};
}

static struct cpuid_regs ask(const struct cpuid_context *x, u32 leaf, u32 sub)
{
	struct cpuid_regs r = { ~0u, ~0u, ~0u, ~0u };

	cpuid_policy(x, leaf, sub, &r);
	return r;
}

START_TEST(leaf_one_hides_privileged_features)
{
	struct cpuid_context x = ctx();
	struct cpuid_regs r = ask(&x, 1, 0);

	/* MONITOR VMX SMX PCID X2APIC TSC-deadline */
	ck_assert_uint_eq(r.c & (BIT(3) | BIT(5) | BIT(6) | BIT(17) | BIT(21) | BIT(24)), 0);
	/* VME PSE MTRR PGE PSE36 */
	ck_assert_uint_eq(r.d & (BIT(1) | BIT(3) | BIT(12) | BIT(13) | BIT(17)), 0);
	ck_assert(r.c & BIT(27)); /* OSXSAVE */
	ck_assert(r.c & BIT(31)); /* hypervisor */
	ck_assert_uint_eq(r.b >> 24, 6);
	ck_assert_uint_eq(r.d & BIT(11), 0); /* SEP */
	x.intel = true;
	ck_assert(ask(&x, 1, 0).d & BIT(11));
}
END_TEST

START_TEST(hypervisor_bit_is_set_on_a_bare_processor)
{
	struct cpuid_context x = ctx();
	struct cpuid_regs r = { 0 };

	x.osxsave = false;
	cpuid_policy(&x, 1, 0, &r);
	ck_assert_uint_eq(r.c, BIT(31));
	ck_assert_uint_eq(r.d, 0);
}
END_TEST

START_TEST(structured_features)
{
	struct cpuid_context x = ctx();
	struct cpuid_regs r = ask(&x, 7, 0);

	/* SMEP INVPCID MPX SMAP; UMIP PKU OSPKE CET LA57 PKS; IBT, ARCH_CAPABILITIES */
	ck_assert_uint_eq(r.b & (BIT(7) | BIT(10) | BIT(14) | BIT(20)), 0);
	ck_assert_uint_eq(r.c & (BIT(2) | BIT(3) | BIT(4) | BIT(7) | BIT(16) | BIT(31)), 0);
	ck_assert_uint_eq(r.d & (BIT(20) | BIT(29)), 0);
	ck_assert(r.b & BIT(0));
	ck_assert_uint_eq(r.a, 1);
}
END_TEST

START_TEST(extended_features)
{
	struct cpuid_context x = ctx();
	struct cpuid_regs r = ask(&x, 0x80000001, 0);

	ck_assert_uint_eq(r.c & BIT(2), 0);				    /* SVM */
	ck_assert_uint_eq(r.d & (BIT(3) | BIT(13) | BIT(17) | BIT(26)), 0); /* PSE PGE PSE36 1G */
	ck_assert_uint_eq(r.d & (BIT(11) | BIT(20) | BIT(29)), BIT(11) | BIT(20) | BIT(29));
	x.intel = true;
	r = ask(&x, 0x80000001, 0);
	ck_assert_uint_eq(r.d & BIT(0), 0);
	r = ask(&x, 0x80000007, 0);
	ck_assert_uint_eq(r.d, 0);
	x.hardware = true;
	r = ask(&x, 0x80000007, 0);
	ck_assert_uint_eq(r.d, BIT(8));
	ck_assert_uint_eq(ask(&x, 0x80000008, 0).a >> 8 & 0xff, 48);
	r = ask(&x, 0x8000001f, 0);
	ck_assert(!r.a && !r.b && !r.c && !r.d);
}
END_TEST

START_TEST(xsave_follows_xcr0)
{
	struct cpuid_context x = ctx();
	struct cpuid_regs r = ask(&x, 0xd, 0);

	ck_assert_uint_eq(r.a, 7);
	ck_assert_uint_eq(r.d, 0);
	ck_assert_uint_eq(ask(&x, 0xd, 1).a, 7); /* no XSAVES */
	ck_assert_uint_eq(ask(&x, 0xd, 2).a, ~0u);
	ck_assert_uint_eq(ask(&x, 0xd, 9).a, 0);
	ck_assert_uint_eq(ask(&x, 0xd, 200).a, 0);
	x.xcr0 = 0;
	x.osxsave = false;
	ck_assert_uint_eq(ask(&x, 0xd, 0).a, 0);
	r = ask(&x, 1, 0);
	ck_assert_uint_eq(r.c & (BIT(26) | BIT(27) | BIT(28)), 0);
	ck_assert_uint_eq(ask(&x, 7, 0).b & BIT(5), 0);
}
END_TEST

START_TEST(hypervisor_leaves)
{
	struct cpuid_context x = ctx();
	struct cpuid_regs r = ask(&x, 0x40000000, 0);
	char sig[13] = { 0 };

	memcpy(sig, &r.b, 4);
	memcpy(sig + 4, &r.c, 4);
	memcpy(sig + 8, &r.d, 4);
	ck_assert_str_eq(sig, "XenVMMXenVMM");
	ck_assert_uint_eq(r.a, 0x40000005);
	ck_assert_uint_eq(ask(&x, 0x40000001, 0).a, 4 << 16 | 17);
	r = ask(&x, 0x40000002, 0);
	ck_assert(r.a == 1 && r.c == 1);
	r = ask(&x, 0x40000003, 0);
	ck_assert(r.a == 6 && r.c == 2000000);
	r = ask(&x, 0x40000003, 1);
	ck_assert(r.c == 0x80000000 && r.d == ~0u);
	ck_assert_uint_eq(ask(&x, 0x40000005, 0).b, 36);
	r = ask(&x, 0x40000100, 0);
	ck_assert(!r.a && !r.b && !r.c && !r.d);
}
END_TEST

START_TEST(unknown_leaves_are_empty)
{
	struct cpuid_context x = ctx();
	static const u32 hidden[] = { 3, 5, 6, 9, 0xa, 0xb, 0xf, 0x10, 0x12, 0x14, 0x17, 0x3fffffff };

	for (unsigned int i = 0; i < ARRAY_SIZE(hidden); i++) {
		struct cpuid_regs r = ask(&x, hidden[i], 0);

		ck_assert(!r.a && !r.b && !r.c && !r.d);
	}
	ck_assert_uint_eq(ask(&x, 0, 0).a, 0x16);
	ck_assert_uint_eq(ask(&x, 0x80000000, 0).a, 0x80000008);
}
END_TEST

UNIT_MAIN("pv/cpuid_policy", leaf_one_hides_privileged_features,
	  hypervisor_bit_is_set_on_a_bare_processor, structured_features, extended_features,
	  xsave_follows_xcr0, hypervisor_leaves, unknown_leaves_are_empty)
