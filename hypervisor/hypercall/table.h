/* SPDX-License-Identifier: MIT */
/*
 * Hypercall numbers to handlers.  Every handler has this form; arguments
 * beyond those it uses are ignored.
 */
#ifndef HYPERCALL_TABLE_H
#define HYPERCALL_TABLE_H

#include "lib/types.h"

#define HYPERCALL(name) long hypercall_##name(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)

#define NR_HYPERCALLS 64

/* From entry/: run hypercall regs->rax of current; result into regs->rax, restart handled. */
struct regs;
void hypercall_dispatch(struct regs *regs);
/* One call by number, for multicall. */
long hypercall_call(u64 nr, const u64 args[6]);

HYPERCALL(set_trap_table);		  /* 0 */
HYPERCALL(mmu_update);			  /* 1 */
HYPERCALL(set_gdt);			  /* 2 */
HYPERCALL(stack_switch);		  /* 3 */
HYPERCALL(set_callbacks);		  /* 4 */
HYPERCALL(fpu_taskswitch);		  /* 5 */
HYPERCALL(platform_op);			  /* 7 */
HYPERCALL(set_debugreg);		  /* 8 */
HYPERCALL(get_debugreg);		  /* 9 */
HYPERCALL(update_descriptor);		  /* 10 */
HYPERCALL(memory_op);			  /* 12 */
HYPERCALL(multicall);			  /* 13 */
HYPERCALL(update_va_mapping);		  /* 14 */
HYPERCALL(set_timer_op);		  /* 15 */
HYPERCALL(xen_version);			  /* 17 */
HYPERCALL(console_io);			  /* 18 */
HYPERCALL(grant_table_op);		  /* 20 */
HYPERCALL(vm_assist);			  /* 21 */
HYPERCALL(update_va_mapping_otherdomain); /* 22 */
HYPERCALL(vcpu_op);			  /* 24 */
HYPERCALL(set_segment_base);		  /* 25 */
HYPERCALL(mmuext_op);			  /* 26 */
HYPERCALL(sched_op);			  /* 29 */
HYPERCALL(callback_op);			  /* 30 */
HYPERCALL(event_channel_op);		  /* 32 */
HYPERCALL(physdev_op);			  /* 33 */
HYPERCALL(sysctl);			  /* 35 */
HYPERCALL(domctl);			  /* 36 */

#endif
