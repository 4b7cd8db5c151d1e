/* SPDX-License-Identifier: MIT */
/*
 * The ways into and out of the hypervisor: what assembly and C tell each other.
 */
#pragma once

#include "lib/types.h"
#include "x86/regs.h"

/* Labels in entry.S. */
void __noreturn entry_exit_to_guest(void); /* reset the stack and enter current (a guest's vCPU) */
void __noreturn entry_reset_stack_and(void __noreturn (*fn)(void));
extern const char entry_iretq[];	/* the instruction that enters a guest */
extern const char entry_iretq_nested[]; /* ... and that returns inside the hypervisor */

/*
 * Called by assembly with interrupts off.  @regs is the guest's frame (equal
 * to guest_regs()) in the _guest forms and a nested one in the _nested forms.
 */
void entry_trap_guest(struct regs *regs);
void entry_trap_nested(struct regs *regs);
void entry_syscall_guest(struct regs *regs);
void entry_syscall32_guest(struct regs *regs);
void entry_sysenter_guest(struct regs *regs);
/* What must be done before the guest runs; returns with interrupts off and nothing left. */
void entry_exit_work(struct regs *regs);

/*
 * ist.c: NMI, machine check, double fault, and #DB that hit the hypervisor
 * itself.  True: not to return by iret, but to regs.rsp, where rflags and rip are.
 */
bool ist_nested(struct regs *regs);
void ist_nmi_guest(void);
void ist_mce_guest(void);
