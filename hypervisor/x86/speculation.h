/* SPDX-License-Identifier: MIT */
/*
 * Faults of speculative execution: which this machine has, and what is done.
 *
 * The decision is pure (speculation_decide()): leaves, registers and the
 * administrator's choices in, a policy out.  Where each fault is counted as
 * present and what is done against it: docs/security.md.
 */
#pragma once

/* Measures; each has a word on the command line.  Some are parts of entry/mitigated.S. */
#define SPEC_XPTI	0x001 /* guests run without the hypervisor's memory mapped */
#define SPEC_L1TF	0x002 /* entries that lead the L1 cache to memory are refused */
#define SPEC_IBRS	0x004 /* in the hypervisor no branch is predicted from what a guest did */
#define SPEC_STIBP	0x008 /* nor from what the core's other thread did */
#define SPEC_SSBD	0x010 /* no load passes a store whose address is not known */
#define SPEC_IBPB	0x020 /* all branches are forgotten when another vCPU is to run ... */
#define SPEC_IBPB_ENTRY 0x040 /* ... and at each entry */
#define SPEC_RSB	0x080 /* the predictor of returns is overwritten at entry */
#define SPEC_VERW	0x100 /* internal buffers are cleared at exit */
#define SPEC_RETPOLINE	0x200 /* indirect branches are not predicted (x86/retpoline.S) */
/* Of entry/mitigated.S only: the register of IBRS, STIBP and SSBD changes at entry and exit. */
#define SPEC_CTRL 0x1000

#define MSR_SPEC_CTRL 0x48
#define MSR_PRED_CMD  0x49 /* 1: forget all branches */

#ifndef __ASSEMBLER__
#include "lib/types.h"

#define CPUID_ARCH_CAPABILITIES (1u << 29) /* leaf 7.0 EDX */

/* What CPUID and IA32_ARCH_CAPABILITIES say. */
struct speculation_cpu {
	bool intel, amd; /* amd: also Hygon */
	bool smep;
	bool readable; /* SPEC_CTRL can be read, whether or not CPUID tells of it */
	u32 family, model, phys_bits;
	u32 leaf7_b, leaf7_d; /* CPUID 7.0 */
	u32 ext8_b;	      /* CPUID 0x80000008 */
	u64 arch_cap;	      /* 0 if there is no such register */
};

/* Measures that the command line asks for, and such that it forbids. */
struct speculation_options {
	u32 on, off;
};

#define FAULT_MELTDOWN 1
#define FAULT_L1TF     2
#define FAULT_MDS      4 /* or its kin: TAA, MMIO stale data, register file data sampling */
#define FAULT_SPECTRE  8 /* branch target injection */

struct speculation {
	u32 faults;		 /* FAULT_* that the processor has, as far as is known */
	u32 measures;		 /* SPEC_* */
	u32 entry;		 /* those of entry/mitigated.S */
	u32 ctrl_hv, ctrl_guest; /* SPEC_CTRL in the hypervisor and in guests */
	u64 l1tf_mask;		 /* address bits of an entry that the L1 cache compares */
	u64 l1tf_last;		 /* last byte of cached memory; 0: no check */
};

extern struct speculation speculation;

/* The policy for @cpu under @o; l1tf_last remains to be filled in. */
struct speculation speculation_decide(const struct speculation_cpu *cpu,
				      const struct speculation_options *o);
#endif
