/* SPDX-License-Identifier: MIT */
/*
 * Delivering to the guest kernel: exceptions, events, system calls, NMIs and
 * the failsafe callback, as frames on its stack.
 *
 * The frame, highest address first, is what the processor would push (ss, rsp,
 * rflags, cs, rip), an error code if there is one, for the failsafe callback
 * the four data selectors, and r11 and rcx, which the guest restores itself.
 * The word of cs also holds the event mask in bits 32-39, and rflags.IF is the
 * inverse of that mask.  A kernel that was interrupted sees its cs with RPL 0.
 */
#include "pv/bounce.h"
#include "pv/guest_words.h"
#include "pv/pv.h"

#include "domain/crash.h"
#include "smp/tlb.h"
#include "x86/desc.h"

#define VMASST_IOPL (1u << VMASST_TYPE_architectural_iopl)

#define BOUNCE_ERROR	1u
#define BOUNCE_FAILSAFE 2u

void mode_to_kernel(struct vcpu *v)
{
	v->in_kernel = true;
	insn_swapgs();
	tlb_write_cr3(v->root);
}

void mode_to_user(struct vcpu *v)
{
	v->in_kernel = false;
	insn_swapgs();
	tlb_write_cr3(v->root_user);
}

/* In line, so that each caller's constant @how leaves only what it needs. */
static inline __attribute__((always_inline)) void
bounce_to(struct vcpu *v, struct regs *regs, u64 ip, bool mask_events, unsigned int how, u32 error)
{
	u8 masked = READ_ONCE(v->info->evtchn_upcall_mask) != 0;
	u64 frame[12], sp, cs;
	unsigned int n = 0;

	if (unlikely(!ip)) {
		domain_crash(v->domain, "vCPU %u has no handler, rip %lx rsp %lx\n", v->id,
			     regs->rip, regs->rsp);
		return;
	}
	if (v->in_kernel) {
		sp = regs->rsp;
		cs = regs->cs & ~3u;
	} else {
		mode_to_kernel(v);
		sp = v->kernel_sp;
		cs = regs->cs;
	}
	frame[n++] = regs->rcx;
	frame[n++] = regs->r11;
	if (how & BOUNCE_FAILSAFE) {
		frame[n++] = v->ds;
		frame[n++] = v->es;
		frame[n++] = v->fs;
		frame[n++] = v->gs;
	}
	if (how & BOUNCE_ERROR)
		frame[n++] = error;
	frame[n++] = regs->rip;
	frame[n++] = cs | ((u64)masked << 32);
	frame[n] = regs->rflags & ~(RFLAGS_IF | RFLAGS_IOPL);
	if (!masked)
		frame[n] |= RFLAGS_IF;
	if (unlikely(v->domain->vm_assist & VMASST_IOPL))
		frame[n] |= (u64)v->iopl << 12;
	n++;
	frame[n++] = regs->rsp;
	frame[n++] = regs->ss;

	sp = (sp & ~15UL) - n * 8;
	if (unlikely(!guest_words_store(sp, frame, n))) {
		domain_crash(v->domain, "vCPU %u: no kernel stack at %lx, rip %lx\n", v->id, sp,
			     regs->rip);
		return;
	}
	if (mask_events)
		WRITE_ONCE(v->info->evtchn_upcall_mask, 1);
	regs->rip = ip;
	regs->cs = SEL_GUEST_CS;
	regs->rflags &= ~(RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_AC | RFLAGS_VM);
	regs->rsp = sp;
	regs->ss = SEL_GUEST_DS;
	/* Both are in the frame; so the short way out (sysret) will do. */
	regs->rcx = regs->rip;
	regs->r11 = regs->rflags;
	regs->vector = REGS_SYSCALL;
}

void bounce_syscall(struct vcpu *v, struct regs *regs)
{
	const struct callback *cb = &v->cb_syscall;

	if (unlikely(regs->cs != SEL_GUEST_CS))
		cb = regs->vector == REGS_SYSENTER ? &v->cb_sysenter : &v->cb_syscall32;
	bounce_to(v, regs, cb->ip.v, cb->mask_events, 0, 0);
}

void bounce_event(struct vcpu *v, struct regs *regs)
{
	bounce_to(v, regs, v->cb_event.ip.v, true, 0, 0);
}

void bounce_failsafe(struct vcpu *v, struct regs *regs)
{
	bounce_to(v, regs, v->cb_failsafe.ip.v, v->cb_failsafe.mask_events, BOUNCE_FAILSAFE, 0);
}

void bounce_trap(struct vcpu *v, struct regs *regs)
{
	const struct trap_entry *t = &v->traps[v->trap.vector];

	v->trap_pending = false;
	if (unlikely(!t->handler.v)) {
		domain_crash(
			v->domain,
			"vCPU %u: exception %u (error %x) without a handler, rip %lx cr2 %lx\n",
			v->id, v->trap.vector, v->trap.error, regs->rip, v->info->arch.cr2);
		return;
	}
	if (v->trap.has_error)
		bounce_to(v, regs, t->handler.v, t->flags & 4, BOUNCE_ERROR, v->trap.error);
	else
		bounce_to(v, regs, t->handler.v, t->flags & 4, 0, 0);
}

void bounce_nmi(struct vcpu *v, struct regs *regs)
{
	WRITE_ONCE(v->nmi_pending, false);
	if (!v->traps[2].handler.v)
		return;
	v->nmi_masked = true;
	bounce_to(v, regs, v->traps[2].handler.v, true, 0, 0);
}
