/* SPDX-License-Identifier: MIT */
/*
 * Faults of speculative execution: which this machine has, and what is done.
 *
 * The decision is pure (speculation_decide()): leaves, registers and the
 * administrator's choices in, a policy out.  Where each fault is counted as
 * present and what is done against it: docs/security.md.
 */
#pragma once

/* What the ways in and out do, speculation.entry (entry/mitigated.S). */
#define SPEC_ENTRY_XPTI 1

#ifndef __ASSEMBLER__
#include "lib/types.h"

#define CPUID_ARCH_CAPABILITIES (1u << 29) /* leaf 7.0 EDX */

/* What CPUID and IA32_ARCH_CAPABILITIES say. */
struct speculation_cpu {
	bool intel, amd; /* amd: also Hygon */
	u32 family, model, phys_bits;
	u32 leaf7_d;  /* CPUID 7.0 EDX */
	u64 arch_cap; /* 0 if there is no such register */
};

/* What the command line says; SPEC_AUTO leaves it to the processor. */
enum speculation_choice { SPEC_AUTO, SPEC_OFF, SPEC_ON };

struct speculation_options {
	u8 xpti, l1tf; /* enum speculation_choice */
};

struct speculation {
	/* Faults the processor has, as far as is known. */
	bool meltdown, l1tf, mds;
	/* What is done. */
	bool xpti;	 /* guests run without the hypervisor's memory mapped */
	u32 entry;	 /* SPEC_ENTRY_* */
	bool l1tf_check; /* refuse entries that lead the L1 cache to memory */
	u64 l1tf_mask;	 /* address bits of an entry that the L1 cache compares */
	u64 l1tf_last;	 /* last byte of cached memory; 0: no check */
};

extern struct speculation speculation;
extern struct speculation_options speculation_options;

/* The policy for @cpu under @o; l1tf_last remains to be filled in. */
struct speculation speculation_decide(const struct speculation_cpu *cpu,
				      const struct speculation_options *o);
#endif
