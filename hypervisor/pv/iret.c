/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_iret: the guest kernel returns to what a bounce interrupted.
 *
 * The frame is struct iret_context at the guest's stack pointer.  A code
 * selector with RPL 3 means user mode, any other the kernel; either runs at
 * CPL 3.  The registers are the guest's to choose: flags and selectors are
 * made safe here, addresses are left to the exit path.
 */
#include "pv/flags.h"
#include "pv/guest_words.h"
#include "pv/pv.h"

#include "domain/crash.h"

u64 iret_hypercall(struct vcpu *v, struct regs *regs)
{
	struct iret_context f;
	u64 sp = regs->rsp;

	if (unlikely(!guest_words_load((u64 *)&f, sp, sizeof(f) / 8))) {
		domain_crash(v->domain, "vCPU %u: iret frame at %lx cannot be read\n", v->id, sp);
		return 0;
	}
	if ((f.cs & 3) == 3) {
		if (unlikely(mfn_eq(v->root_user, INVALID_MFN))) {
			domain_crash(v->domain, "vCPU %u: iret to user mode without a page table\n",
				     v->id);
			return 0;
		}
		mode_to_user(v);
	}
	if (unlikely(v->domain->vm_assist & (1u << VMASST_TYPE_architectural_iopl)))
		v->iopl = (f.rflags >> 12) & 3;

	regs->rip = f.rip;
	regs->cs = flags_selector(f.cs);
	regs->rflags = flags_sanitise(f.rflags);
	regs->rsp = f.rsp;
	regs->ss = flags_selector(f.ss);
	if (f.flags & VGCF_in_syscall) {
		regs->rcx = regs->rip;
		regs->r11 = regs->rflags;
	} else {
		regs->rcx = f.rcx;
		regs->r11 = f.r11;
	}
	WRITE_ONCE(v->info->evtchn_upcall_mask, !(f.rflags & RFLAGS_IF));
	v->nmi_masked = false;
	return f.rax;
}
