/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables: per-CPU GDT window and TSS, one shared IDT.
 *
 * A guest owns pages 0 to 13 of the GDT (<xen/arch-x86/xen-x86_64.h>: entries
 * below FIRST_RESERVED_GDT_ENTRY); page 14 is the hypervisor's and holds the
 * flat segments whose selectors the public ABI fixes, our own code and data
 * segments and the TSS.  Each CPU has a window of virtual addresses
 * (x86/layout.h); switching vCPUs rewrites the window's page-table entries.
 */
#pragma once

/* Selectors, all in the reserved page; the guest ones are ABI. */
#define SEL_HV_CS	    0xe008
#define SEL_HV_DS	    0xe010
#define SEL_GUEST_CS32	    0xe023 /* FLAT_RING3_CS32 */
#define SEL_GUEST_DS	    0xe02b /* FLAT_RING3_DS/SS */
#define SEL_GUEST_CS	    0xe033 /* FLAT_RING3_CS64 */
#define SEL_TSS		    0xe040 /* 16 bytes */
#define SEL_LDT		    0xe050 /* 16 bytes */
#define SEL_GUEST_CS_BASE32 0xe023 /* STAR[63:48]: sysret gives CS+16, SS+8 */

/* A CPU's copies of top-level tables: found by two bits of the frame number, and the mode. */
#define XPTI_ROOTS	8
#define XPTI_ROOT_SHIFT 5

#ifndef __ASSEMBLER__
#include "lib/types.h"
#include "x86/layout.h"
#include "x86/pte.h"

/*
 * A copy of a guest's top-level table, on which the guest runs while most of
 * the hypervisor is not to be mapped (frame/xpti.h).
 */
struct xpti_root {
	u64 full;	/* CR3 of the table it is a copy of */
	u64 generation; /* of the owner's top-level tables when it was made */
	u64 cr3;	/* of the copy */
	u64 *table;	/* the copy */
};

_Static_assert(sizeof(struct xpti_root) == 1 << XPTI_ROOT_SHIFT, "entry/mitigated.S shifts");

struct xpti_cpu {
	u64 full_cr3;	      /* the hypervisor runs on it, the guest on its copy ... */
	u64 guest_cr3;	      /* ... which is this, ... */
	u64 guest_generation; /* ... of that age */
	struct xpti_root roots[XPTI_ROOTS];
};

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 iomap_base;
} __packed;

/* At CPU_BLOCK_DATA of every block. */
struct cpu_block_data {
	struct tss tss;
	u64 stack_top; /* where a SYSCALL builds its frame: &cpu_info.guest_regs.ss + 8 */
	u64 saved_rsp; /* guest's rsp between two instructions of a stub */
	pte_t *window; /* level-1 entries of the CPU's GDT and LDT */
	struct xpti_cpu xpti;
};

/*
 * Provided by entry/: the addresses of the 256 interrupt stubs; the template
 * of the stub page, [entry_stub_lstar, entry_stub_end), at most one page; and
 * the places in it of the relative jumps that a copy has to adjust.
 */
extern const u64 entry_idt_stubs[256];
extern const char entry_stub_lstar[], entry_stub_cstar[], entry_stub_sysenter[], entry_stub_end[];
extern const u32 entry_stub_jumps[3];

/* Fill the window of CPU @cpu's block: @reserved is a zeroed page for GDT page 14, its alias @page. */
void desc_init_window(unsigned int cpu, mfn_t reserved, void *page);

/* The IDT, one page; each CPU block shows it. */
const void *desc_idt(void);

/* IST indices (1-based) of the vectors that cannot trust the stack. */
#define IST_DF	1
#define IST_NMI 2
#define IST_MCE 3
#define IST_DB	4

/* Build the IDT (shared by all CPUs); entry/ provides the table of stubs. */
void desc_init_idt(void);

/* Load GDT, IDT, TR and the SYSCALL/SYSENTER MSRs on this CPU. */
void desc_init_cpu(unsigned int cpu);

/*
 * Point this CPU's window at a vCPU's @n GDT frames (0..14) and at the LDT
 * frames, and reload the registers if they changed.  Frames are already typed
 * as segment descriptors by the caller.  With interrupts off.
 */
void desc_load_gdt(const mfn_t *frames, unsigned int n);
void desc_load_ldt(const mfn_t *frames, unsigned int nr_entries);
#endif
