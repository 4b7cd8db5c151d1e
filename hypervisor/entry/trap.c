/* SPDX-License-Identifier: MIT */
/*
 * What to do about each exception and interrupt, by where it came from.
 *
 * A guest's exception is handled here (page-table writes, privileged
 * instructions, lazy FPU) or queued for its kernel.  One of our own is looked
 * up in the table of instructions that may fault; anything else is a bug, and
 * the machine stops with the registers on the log.
 */
#include "entry/entry.h"
#include "entry/die.h"

#include "console/panic.h"
#include "evtchn/evtchn.h"
#include "irq/irq.h"
#include "platform/vector.h"
#include "lib/string.h"
#include "paging/drop.h"
#include "paging/paging.h"
#include "pv/bounce.h"
#include "pv/debugreg.h"
#include "pv/pv.h"
#include "pv/self_iret.h"
#include "sched/sched.h"
#include "x86/extable.h"

enum vector {
	VEC_DB = 1,
	VEC_NMI = 2,
	VEC_UD = 6,
	VEC_NM = 7,
	VEC_DF = 8,
	VEC_TS = 10,
	VEC_GP = 13,
	VEC_PF = 14,
	VEC_AC = 17,
	VEC_MC = 18,
	VEC_CP = 21,
};

/* Bits of a page fault's error code. */
#define PF_PRESENT (1u << 0)
#define PF_WRITE   (1u << 1)
#define PF_USER	   (1u << 2)
#define PF_RSVD	   (1u << 3)

/* Error code of a #GP that `int n` raised at a gate without privilege: index, and the IDT bit. */
#define GP_IDT	      2u
#define GP_SOURCE(ec) ((ec)&7u)

static bool vector_has_error(u32 vector)
{
	return vector == VEC_DF || (vector >= VEC_TS && vector <= VEC_PF) || vector == VEC_AC ||
	       vector == VEC_CP;
}

static bool in_hypervisor(u64 va)
{
	return va >= HV_VIRT_START && va < HV_VIRT_END;
}

/* `int @vector` by the guest, past the instruction; false if its table does not let it. */
static bool software_interrupt(struct vcpu *v, u32 vector)
{
	const struct trap_entry *t = &v->traps[vector];

	if (!t->handler.v || (t->flags & 3) < (v->in_kernel ? 1 : 3))
		return false;
	trap_inject(v, vector, false, 0);
	return true;
}

static void general_protection(struct vcpu *v, struct regs *regs)
{
	u32 vector = (regs->error_code >> 3) & 0xff;

	if (GP_SOURCE(regs->error_code) == GP_IDT) {
		/* The two bytes of int n; a fault while delivering something else has bit 0. */
		regs->rip += 2;
		if (software_interrupt(v, vector))
			return;
		regs->rip -= 2;
	} else if (emulate_privileged(v, regs)) {
		return;
	}
	trap_inject(v, VEC_GP, true, regs->error_code);
}

static void page_fault(struct vcpu *v, struct regs *regs, u64 va)
{
	u32 error = regs->error_code & ~PF_USER;

	/* No processor says so of a guest's own access; an emulator that does would say it for ever. */
	if (unlikely(!(regs->error_code & PF_USER)) && !in_hypervisor(va)) {
		if (!self_iret_emulate(v, regs))
			trap_inject_page_fault(v, va, error | (v->in_kernel ? 0 : PF_USER));
		return;
	}
	if (v->in_kernel && (error & PF_PRESENT) && !in_hypervisor(va)) {
		if ((error & PF_WRITE) && paging_write_fault(v, regs, va))
			return;
		if (paging_spurious_fault(v, va, regs->error_code))
			return;
	}
	if (unlikely(error & PF_RSVD))
		log_guest(LOG_WARN, "d%uv%u: reserved bit in a page table, address %lx\n",
			  v->domain->id, v->id, va);
	trap_inject_page_fault(v, va, error | (v->in_kernel ? 0 : PF_USER));
}

static void device_not_available(struct vcpu *v)
{
	/* As the peer does it, the fault itself clears the guest's TS. */
	insn_clts();
	if (v->cr0_ts) {
		v->cr0_ts = 0;
		trap_inject(v, VEC_NM, false, 0);
	}
}

void entry_trap_guest(struct regs *regs)
{
	struct vcpu *v = current;
	u64 va;

	switch (regs->vector) {
	case VEC_PF:
		va = insn_read_cr2();
		insn_sti();
		page_fault(v, regs, va);
		return;
	case VEC_DB: v->dr[6] |= debugreg_take_dr6(); break;
	case VEC_NMI: ist_nmi_guest(); return;
	case VEC_MC: ist_mce_guest(); return;
	case VEC_DF: entry_die(regs, "double fault");
	case VECTOR_INT80:
		/* As any other `int n`, of which the gate says #GP. */
		regs->rip -= 2;
		regs->error_code = VECTOR_INT80 << 3 | GP_IDT;
		insn_sti();
		general_protection(v, regs);
		return;
	}
	if (regs->vector >= 32) {
		irq_dispatch(regs->vector);
		return;
	}
	insn_sti();
	if (regs->vector == VEC_GP)
		general_protection(v, regs);
	else if (regs->vector == VEC_NM)
		device_not_available(v);
	else if (regs->vector != VEC_UD || !emulate_forced_cpuid(v, regs))
		trap_inject(v, regs->vector, vector_has_error(regs->vector), regs->error_code);
}

/*
 * The return to the guest faulted: its selectors or its instruction pointer
 * are not fit for use.  The guest gets the fault, at the place where it wanted
 * to go.  The general registers it was to have are in the nested frame, which
 * partly overlaps its own; the rest of its frame is untouched.
 */
static void __noreturn guest_return_fault(struct regs *nested)
{
	struct regs *regs = guest_regs();
	u32 vector = nested->vector, error = nested->error_code;

	memmove(regs, nested, offsetof(struct regs, error_code));
	regs->vector = REGS_SYSENTER; /* a kind that leaves by iret */
	insn_sti();
	trap_inject(current, vector, vector_has_error(vector), error);
	entry_exit_to_guest();
}

/* @regs is nested: the hypervisor was interrupted, interrupts are off. */
void entry_trap_nested(struct regs *regs)
{
	const struct bug_entry *bug;
	u64 fixup, va = 0;

	if (likely(regs->vector >= 32)) {
		irq_dispatch(regs->vector);
		return;
	}
	if (regs->vector == VEC_PF)
		va = insn_read_cr2();
	if (regs->rip == (u64)entry_iretq)
		guest_return_fault(regs);

	fixup = extable_find(regs->rip);
	if (fixup) {
		if (regs->vector == VEC_PF && !current->is_idle && !in_hypervisor(va) &&
		    paging_spurious_fault(current, va, regs->error_code))
			return;
		regs->rip = fixup;
		return;
	}
	if (regs->vector == VEC_UD) {
		bug = bug_find(regs->rip);
		if (bug) {
			log_err("%s:%lu: %s\n", bug->file, bug->line, bug->text);
			entry_die(regs, "assertion failed");
		}
	}
	entry_die(regs, regs->vector == VEC_PF ? "page fault" : "exception");
}

/* Registers to the log, then the end. */
void entry_die(const struct regs *regs, const char *what)
{
	panic_regs(regs, this_cpu_id());
	panic("%s at %lx in the hypervisor on CPU %u\n", what, regs->rip, this_cpu_id());
}

/*
 * Softirqs, a table that is left half undone, then what is queued for the vCPU;
 * a switch may have changed current.
 */
void entry_exit_work(struct regs *regs)
{
	for (;;) {
		struct vcpu *v;

		if (softirq_pending() || current->dropping) {
			insn_sti();
			softirq_run();
			(void)drop_finish(current);
			insn_cli();
			continue;
		}
		v = current;
		if (unlikely(v->is_idle))
			sched_reset_to_idle();
		/* Each of these may crash the guest, which raises a softirq. */
		if (v->failsafe_pending) {
			v->failsafe_pending = false;
			bounce_failsafe(v, regs);
		} else if (v->trap_pending) {
			bounce_trap(v, regs);
		} else if (v->nmi_pending && !v->nmi_masked) {
			bounce_nmi(v, regs);
		} else if (evtchn_pending(v)) {
			bounce_event(v, regs);
		} else if (!softirq_pending()) {
			return;
		}
	}
}
