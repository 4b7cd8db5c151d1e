/* SPDX-License-Identifier: MIT */
/*
 * CPUID as guests are told it: a pure function of what the processor says.
 *
 * Features are allowed by name: a bit that is not listed is hidden, so that a
 * new processor cannot promise what nobody checked.  Hidden on purpose are all
 * that need privilege or would change page-table formats: PSE, PGE, 1 GiB
 * pages, LA57, SMEP, SMAP, UMIP, protection keys, PCID, MONITOR, VMX, SVM, the
 * TSC deadline timer, MTRRs, CET.  Every vCPU is a package of its own.
 */
#include "pv/cpuid.h"

#include <xen/arch-x86/cpuid.h>

#define BIT(n) (1u << (n))

/* The version of the interface that is offered, as xen_version(0) gives it. */
#define XEN_MAJOR 4
#define XEN_MINOR 17

/* SSE3 PCLMUL SSSE3 FMA CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES F16C RDRAND; XSAVE and AVX apart. */
#define ALLOW_1C                                                                                \
	(BIT(0) | BIT(1) | BIT(9) | BIT(12) | BIT(13) | BIT(19) | BIT(20) | BIT(22) | BIT(23) | \
	 BIT(25) | BIT(26) | BIT(28) | BIT(29) | BIT(30))
#define XCR0_YMM	  BIT(2)
#define BIT_1C_XSAVE	  BIT(26)
#define BIT_1C_OSXSAVE	  BIT(27)
#define BIT_1C_HYPERVISOR BIT(31)
/* FPU DE TSC MSR PAE MCE CX8 APIC SEP MCA CMOV PAT CLFSH MMX FXSR SSE SSE2 SS */
#define ALLOW_1D                                                                           \
	(BIT(0) | BIT(2) | BIT(4) | BIT(5) | BIT(6) | BIT(7) | BIT(8) | BIT(9) | BIT(11) | \
	 BIT(14) | BIT(15) | BIT(16) | BIT(19) | BIT(23) | BIT(24) | BIT(25) | BIT(26) | BIT(27))
/* FSGSBASE BMI1 AVX2 BMI2 ERMS RDSEED ADX IFMA CLFLUSHOPT CLWB SHA AVX512{F,DQ,CD,BW,VL} */
#define ALLOW_7B                                                                              \
	(BIT(0) | BIT(3) | BIT(5) | BIT(8) | BIT(9) | BIT(16) | BIT(17) | BIT(18) | BIT(19) | \
	 BIT(21) | BIT(23) | BIT(24) | BIT(28) | BIT(29) | BIT(30) | BIT(31))
/* AVX512_VBMI VBMI2 GFNI VAES VPCLMULQDQ VNNI BITALG VPOPCNTDQ RDPID CLDEMOTE MOVDIRI MOVDIR64B */
#define ALLOW_7C                                                                               \
	(BIT(1) | BIT(6) | BIT(8) | BIT(9) | BIT(10) | BIT(11) | BIT(12) | BIT(14) | BIT(22) | \
	 BIT(25) | BIT(27) | BIT(28))
/* AVX512_4VNNIW 4FMAPS FSRM VP2INTERSECT SERIALIZE */
#define ALLOW_7D (BIT(2) | BIT(3) | BIT(4) | BIT(8) | BIT(14))
/* AVX_VNNI AVX512_BF16 FZRM FSRS FSRCS */
#define ALLOW_71A (BIT(4) | BIT(5) | BIT(10) | BIT(11) | BIT(12))
/* XSAVEOPT XSAVEC XGETBV1; not XSAVES, which is privileged */
#define ALLOW_D1A (BIT(0) | BIT(1) | BIT(2))
/* LAHF ABM SSE4A MISALIGNSSE 3DNOWPREFETCH XOP FMA4 TBM */
#define ALLOW_E1C (BIT(0) | BIT(5) | BIT(6) | BIT(7) | BIT(8) | BIT(11) | BIT(16) | BIT(21))
/* 80000001.EDX: what repeats leaf 1 (AMD), and its own: SYSCALL NX MMXEXT RDTSCP LM 3DNOW. */
#define ALLOW_E1D    (BIT(11) | BIT(20) | BIT(22) | BIT(27) | BIT(29) | BIT(30) | BIT(31))
#define BIT_E7D_ITSC BIT(8)
/* CLZERO RSTR_FP_ERR_PTRS WBNOINVD */
#define ALLOW_E8B (BIT(0) | BIT(2) | BIT(9))

/* In <xen/arch-x86/cpufeatureset.h>'s order. */
const struct cpuid_word cpuid_words[CPUID_WORDS] = {
	{ 1, 0, offsetof(struct cpuid_regs, d) },
	{ 1, 0, offsetof(struct cpuid_regs, c) },
	{ 0x80000001, 0, offsetof(struct cpuid_regs, d) },
	{ 0x80000001, 0, offsetof(struct cpuid_regs, c) },
	{ 0xd, 1, offsetof(struct cpuid_regs, a) },
	{ 7, 0, offsetof(struct cpuid_regs, b) },
	{ 7, 0, offsetof(struct cpuid_regs, c) },
	{ 0x80000007, 0, offsetof(struct cpuid_regs, d) },
	{ 0x80000008, 0, offsetof(struct cpuid_regs, b) },
	{ 7, 0, offsetof(struct cpuid_regs, d) },
	{ 7, 1, offsetof(struct cpuid_regs, a) },
};

static void policy_basic(const struct cpuid_context *x, struct cpuid_regs *r)
{
	r->b = (r->b & 0xff00) | ((x->vcpu_id * 2) << 24); /* CLFLUSH size, APIC id */
	r->c &= ALLOW_1C;
	if (!x->xcr0)
		r->c &= ~BIT_1C_XSAVE;
	if (!(x->xcr0 & XCR0_YMM))
		r->c &= ~(BIT(12) | BIT(28) | BIT(29)); /* FMA, AVX, F16C */
	if (x->osxsave)
		r->c |= BIT_1C_OSXSAVE;
	r->c |= BIT_1C_HYPERVISOR;
	r->d &= ALLOW_1D;
	/* Other vendors' processors refuse SYSENTER in long mode. */
	if (!x->intel)
		r->d &= ~BIT(11);
}

static void policy_structured(const struct cpuid_context *x, u32 sub, struct cpuid_regs *r)
{
	if (sub == 0) {
		r->a = MIN(r->a, 1u);
		r->b &= ALLOW_7B;
		r->c &= ALLOW_7C;
		r->d &= ALLOW_7D;
		if (!(x->xcr0 & XCR0_YMM))
			r->b &= ~(BIT(5) | BIT(16));
	} else if (sub == 1) {
		*r = (struct cpuid_regs){ .a = r->a & ALLOW_71A };
	} else {
		*r = (struct cpuid_regs){ 0 };
	}
}

static void policy_xsave(const struct cpuid_context *x, u32 sub, struct cpuid_regs *r)
{
	if (!x->xcr0) {
		*r = (struct cpuid_regs){ 0 };
	} else if (sub == 0) {
		r->a &= (u32)x->xcr0;
		r->d &= (u32)(x->xcr0 >> 32);
	} else if (sub == 1) {
		r->a &= ALLOW_D1A;
		r->c = r->d = 0;
	} else if (sub >= 64 || !((x->xcr0 >> sub) & 1)) {
		*r = (struct cpuid_regs){ 0 };
	}
}

static void policy_xen(const struct cpuid_context *x, u32 leaf, u32 sub, struct cpuid_regs *r)
{
	*r = (struct cpuid_regs){ 0 };
	switch (leaf - XEN_CPUID_FIRST_LEAF) {
	case 0:
		r->a = XEN_CPUID_FIRST_LEAF + XEN_CPUID_MAX_NUM_LEAVES;
		r->b = XEN_CPUID_SIGNATURE_EBX;
		r->c = XEN_CPUID_SIGNATURE_ECX;
		r->d = XEN_CPUID_SIGNATURE_EDX;
		break;
	case 1: r->a = XEN_MAJOR << 16 | XEN_MINOR; break;
	case 2:
		r->a = 1;
		r->b = XEN_CPUID_FIRST_LEAF;
		r->c = XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD;
		break;
	case 3:
		if (sub == 0) {
			r->a = (x->tsc_stable ? BIT(1) : 0) | (x->rdtscp ? BIT(2) : 0);
			r->b = x->tsc_mode;
			r->c = x->tsc_khz;
		} else if (sub == 1) {
			r->c = x->tsc_mul;
			r->d = (u32)(s32)x->tsc_shift;
		} else if (sub == 2) {
			r->a = x->tsc_khz;
		}
		break;
	case 5:
		if (sub == 0)
			r->b = x->phys_bits & XEN_CPUID_MACHINE_ADDRESS_WIDTH_MASK;
		break;
	}
}

static void policy_extended(const struct cpuid_context *x, u32 leaf, struct cpuid_regs *r)
{
	switch (leaf) {
	case 0x80000000: r->a = MIN(r->a, CPUID_MAX_EXTENDED); break;
	case 0x80000001:
		r->b = 0;
		r->c &= ALLOW_E1C;
		r->d &= ALLOW_E1D | (x->intel ? 0 : CPUID_E1D_COMMON & ALLOW_1D);
		if (!(x->xcr0 & XCR0_YMM))
			r->c &= ~(BIT(11) | BIT(16));
		break;
	case 0x80000002 ... 0x80000006: break;
	case 0x80000007:
		*r = (struct cpuid_regs){ .d = x->hardware ? r->d & BIT_E7D_ITSC : 0 };
		break;
	case 0x80000008:
		/* Linear addresses have 48 bits, since LA57 is hidden. */
		r->a = (r->a & ~0xff00u) | 48u << 8;
		r->b &= ALLOW_E8B;
		r->c = r->d = 0;
		break;
	default: *r = (struct cpuid_regs){ 0 };
	}
}

void cpuid_policy(const struct cpuid_context *x, u32 leaf, u32 sub, struct cpuid_regs *r)
{
	if (leaf >= 0x80000000) {
		policy_extended(x, leaf, r);
		return;
	}
	if (leaf >= XEN_CPUID_FIRST_LEAF) {
		policy_xen(x, leaf, sub, r);
		return;
	}
	switch (leaf) {
	case 0: r->a = MIN(r->a, CPUID_MAX_LEAF); break;
	case 1: policy_basic(x, r); break;
	case 2:
	case 0x15:
	case 0x16: break;
	case 4:
		r->a &= 0x3fff; /* no sharing between threads or cores */
		break;
	case 7: policy_structured(x, sub, r); break;
	case 0xd: policy_xsave(x, sub, r); break;
	default: *r = (struct cpuid_regs){ 0 };
	}
}
