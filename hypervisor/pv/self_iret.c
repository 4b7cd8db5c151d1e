/* SPDX-License-Identifier: MIT */
/*
 * iretq from ring 3 to ring 3, Intel SDM volume 2, IRET.
 */
#include "pv/self_iret.h"
#include "x86/usercopy.h"

#define IRETQ 0xcf48 /* 48 cf, as read */

/* What ring 3 cannot change by iret while IOPL is below it. */
#define KEPT_FLAGS  (RFLAGS_IF | RFLAGS_IOPL | RFLAGS_VIF | RFLAGS_VIP)
#define TAKEN_FLAGS (0xcd5UL | RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_AC | RFLAGS_ID)

bool self_iret_emulate(struct vcpu *v, struct regs *regs)
{
	struct {
		u64 rip, cs, rflags, rsp, ss;
	} frame;
	u16 code;

	if (usercopy_from(&code, gaddr(regs->rip), sizeof(code)) || code != IRETQ ||
	    usercopy_from(&frame, gaddr(regs->rsp), sizeof(frame)))
		return false;
	/* Selectors and address are proved by the iretq that leaves the hypervisor. */
	if ((frame.cs & 3) != 3 || (frame.ss & 3) != 3)
		return false;
	regs->rip = frame.rip;
	regs->cs = (u16)frame.cs;
	regs->rflags = (frame.rflags & TAKEN_FLAGS) | (regs->rflags & KEPT_FLAGS) | RFLAGS_RES1;
	regs->rsp = frame.rsp;
	regs->ss = (u16)frame.ss;
	return true;
}
