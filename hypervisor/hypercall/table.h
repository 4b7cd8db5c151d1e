/* SPDX-License-Identifier: MIT */
/*
 * Hypercall numbers to handlers.  Every handler has this form; arguments
 * beyond those it uses are ignored.
 */
#pragma once

#include "lib/types.h"

#define HYPERCALL(name) long hypercall_##name(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)

#define NR_HYPERCALLS 64

/* From entry/: run hypercall regs->rax of current; result into regs->rax, restart handled. */
struct regs;
void hypercall_dispatch(struct regs *regs);
/* One call by number, for multicall. */
long hypercall_call(u64 nr, const u64 args[6]);

/* Every call there is: X(number, name). */
#define HYPERCALLS(X)                        \
	X(0, set_trap_table)                 \
	X(1, mmu_update)                     \
	X(2, set_gdt)                        \
	X(3, stack_switch)                   \
	X(4, set_callbacks)                  \
	X(5, fpu_taskswitch)                 \
	X(7, platform_op)                    \
	X(8, set_debugreg)                   \
	X(9, get_debugreg)                   \
	X(10, update_descriptor)             \
	X(12, memory_op)                     \
	X(13, multicall)                     \
	X(14, update_va_mapping)             \
	X(15, set_timer_op)                  \
	X(17, xen_version)                   \
	X(18, console_io)                    \
	X(20, grant_table_op)                \
	X(21, vm_assist)                     \
	X(22, update_va_mapping_otherdomain) \
	X(24, vcpu_op)                       \
	X(25, set_segment_base)              \
	X(26, mmuext_op)                     \
	X(29, sched_op)                      \
	X(30, callback_op)                   \
	X(32, event_channel_op)              \
	X(33, physdev_op)                    \
	X(35, sysctl)                        \
	X(36, domctl)

#define HYPERCALL_DECLARE(nr, name) HYPERCALL(name);
HYPERCALLS(HYPERCALL_DECLARE)
