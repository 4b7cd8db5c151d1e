/* SPDX-License-Identifier: MIT */
/*
 * What this machine's processors can do, read once at boot.
 */
#pragma once

#include "lib/types.h"

struct cpu_features {
	bool amd, intel; /* amd: also Hygon */
	bool nx, smep, smap, umip, fsgsbase, xsave, xsaveopt, x2apic, page1gb;
	bool tsc_deadline, tsc_invariant, rdtscp;
	bool hypervisor; /* this machine is a virtual one */
	u32 family, model, stepping;
	u32 max_leaf, max_ext_leaf, phys_bits;
	u32 thread_bits;  /* of an APIC id: threads of one core differ in these only */
	u64 pte_reserved; /* address bits of a page-table entry beyond phys_bits */
	u64 xcr0;	  /* components enabled for guests; 0 without XSAVE */
	u32 xsave_size;	  /* bytes of a save area for xcr0, standard format; 512 without XSAVE */
};

extern struct cpu_features cpu_features;

/* Read CPUID on the boot CPU and check what is required (SSE2, NX, SYSCALL). */
void features_init(void);

/* The name of a required feature that features_init() did not find, or NULL; the caller panics. */
extern const char *features_missing;

/* Set CR0, CR4, EFER, PAT, XCR0 for this CPU; every CPU at bring-up. */
void features_init_cpu(void);

/* Then, with an IDT: that lfence stops what comes after it, for which AMD has a switch. */
void features_init_fence(void);

/*
 * Replace the stac/clac placeholders (sections .altstac, .altclac): once
 * features are known, and before the text is read-only.
 */
void features_patch(void);

/*
 * Assembly and inline asm write STAC/CLAC as a 3-byte no-op recorded in
 * .altstac or .altclac; features_patch() turns them into the
 * instructions on processors with SMAP.
 */
#define ASM_STAC                          \
	"661: .byte 0x0f, 0x1f, 0x00\n\t" \
	".pushsection .altstac, \"a\"\n\t.quad 661b\n\t.popsection\n\t"
#define ASM_CLAC                          \
	"662: .byte 0x0f, 0x1f, 0x00\n\t" \
	".pushsection .altclac, \"a\"\n\t.quad 662b\n\t.popsection\n\t"
