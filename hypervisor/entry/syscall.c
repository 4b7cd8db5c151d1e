/* SPDX-License-Identifier: MIT */
/*
 * System calls: from a guest kernel a hypercall, from its user a call to the
 * handler that the kernel registered.
 */
#include "entry/entry.h"

#include "hypercall/table.h"
#include "pv/pv.h"

#define HYPERCALL_IRET 23

void entry_syscall_guest(struct regs *regs)
{
	struct vcpu *v = current;

	if (!v->in_kernel) {
		bounce_syscall(v, regs);
	} else if (regs->rax == HYPERCALL_IRET) {
		regs->rax = iret_hypercall(v, regs);
	} else {
		insn_sti();
		hypercall_dispatch(regs);
	}
}

/* A 32-bit task's SYSCALL; a kernel that has no handler sees an invalid instruction. */
void entry_syscall32_guest(struct regs *regs)
{
	struct vcpu *v = current;

	if (v->cb_syscall32.ip.v) {
		bounce_syscall(v, regs);
		return;
	}
	regs->rip -= 2;
	trap_inject(v, 6, false, 0);
}

void entry_sysenter_guest(struct regs *regs)
{
	struct vcpu *v = current;

	regs->rflags |= RFLAGS_IF;
	if (v->cb_sysenter.ip.v) {
		bounce_syscall(v, regs);
		return;
	}
	trap_inject(v, 13, true, 0);
}
