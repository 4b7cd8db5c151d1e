/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's part of the virtual address space.
 *
 * The public ABI (<xen/arch-x86/xen-x86_64.h>) gives slots 256 to 271 of every
 * top-level table to the hypervisor; all the rest is the guest's.  The sixteen
 * slots are the same in every table, guests' included, so that entering the
 * hypervisor changes no mapping.
 *
 *  slot 256  ffff800000000000  machine-to-physical table, read-only, user
 *  slot 257  ffff808000000000  the image; 1 GiB above it the CPU blocks
 *  slot 258  ffff810000000000  frame table
 *  slot 259  ffff818000000000  machine-to-physical table, writable
 *  slot 261  ffff828000000000  device mappings (vmap)
 *  slot 262  ffff830000000000  direct map of all RAM, 10 slots, 5 TiB
 *
 * This file is also read by assembly.
 */
#pragma once

#ifdef __ASSEMBLER__
#define LAYOUT_UL(x) x
#else
#define LAYOUT_UL(x) x##UL
#endif

#define HV_SLOT_FIRST 256
#define HV_SLOT_LAST  271
#define HV_VIRT_START LAYOUT_UL(0xffff800000000000)
#define HV_VIRT_END   LAYOUT_UL(0xffff880000000000)

#define M2P_RO_START	  LAYOUT_UL(0xffff800000000000)
#define IMAGE_START	  LAYOUT_UL(0xffff808000000000)
#define CPU_BLOCKS_START  LAYOUT_UL(0xffff808040000000)
#define FRAME_TABLE_START LAYOUT_UL(0xffff810000000000)
#define M2P_RW_START	  LAYOUT_UL(0xffff818000000000)
#define VMAP_START	  LAYOUT_UL(0xffff828000000000)
#define VMAP_END	  LAYOUT_UL(0xffff82c000000000)
#define DIRECTMAP_START	  LAYOUT_UL(0xffff830000000000)
#define DIRECTMAP_END	  LAYOUT_UL(0xffff880000000000)

/* Physical load address of the image (2 MiB, clear of legacy areas). */
#define IMAGE_PHYS 0x200000

#define MAX_CPUS 64

/*
 * A CPU block: everything private to one CPU, reachable from its stack pointer
 * by masking (x86/percpu.h) and from its entry code by rip-relative addressing.
 * Blocks lie 2 MiB apart, so that each has a level-1 table of its own, which
 * the tables of frame/xpti.c share.
 */
#define CPU_BLOCK_SHIFT	   21
#define CPU_BLOCK_SIZE	   LAYOUT_UL(0x10000)
#define CPU_BLOCK_STUB	   0x0000 /* one page of entry stubs, read-only, executable */
#define CPU_BLOCK_DATA	   0x1000 /* TSS and entry constants/scratch (struct cpu_block_data) */
#define CPU_BLOCK_IST_DF   0x3000 /* top of the double-fault stack: page 2 */
#define CPU_BLOCK_IST_NMI  0x5000 /* top of the NMI stack: pages 3, 4 */
#define CPU_BLOCK_NMI_SIZE 0x2000
#define CPU_BLOCK_IST_MCE  0x7000 /* pages 5, 6 */
#define CPU_BLOCK_IST_DB   0x9000 /* pages 7, 8 */
#define CPU_BLOCK_GUARD	   0x9000 /* page 9 is not mapped: stack overflow faults */
#define CPU_BLOCK_STACK	   0xa000 /* lowest byte of the main stack, 24 KiB */

/* Above the block proper: the IDT, read-only, and the CPU's GDT and LDT, 16 pages each. */
#define CPU_BLOCK_IDT 0x10000
#define CPU_BLOCK_GDT 0x20000
#define CPU_BLOCK_LDT 0x30000
