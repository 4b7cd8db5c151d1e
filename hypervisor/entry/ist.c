/* SPDX-License-Identifier: MIT */
/*
 * The vectors that may strike between any two instructions: non-maskable
 * interrupt, machine check, double fault, debug exception.
 *
 * What hits the hypervisor is handled on the vector's own stack and returns
 * where it came from; it takes no lock, notes what there was and raises a
 * softirq.  No second NMI may come while the first one's frame is on the NMI
 * stack: the processor holds it back until an iret, so nothing in between may
 * execute one.
 *
 * A machine check (Intel SDM volume 3, chapter 16; AMD APM volume 2, chapter 9)
 * ends the machine where the processor says that what it was doing is lost, or
 * where the hypervisor would have to use what cannot be read.  A guest that
 * would is crashed.  All else is logged.
 */
#include "entry/entry.h"
#include "entry/die.h"

#include "console/log.h"
#include "domain/crash.h"
#include "evtchn/evtchn.h"
#include "platform/lapic.h"
#include "platform/vector.h"
#include "pv/debugreg.h"
#include "sched/pause.h"
#include "smp/ipi.h"
#include "time/watchdog.h"
#include "x86/desc.h"

#define MSR_MCG_CAP	  0x179
#define MSR_MCG_STATUS	  0x17a
#define MSR_MC_STATUS(b)  (0x401 + 4 * (b))
#define MSR_MC_ADDRESS(b) (0x402 + 4 * (b))

#define MCG_CAP_BANKS	0xff
#define MCG_STATUS_RIPV (1UL << 0)

#define MC_VALID    (1UL << 63)
#define MC_UC	    (1UL << 61) /* uncorrected */
#define MC_ADDRESS  (1UL << 58) /* the bank's address is valid */
#define MC_PCC	    (1UL << 57) /* processor context corrupt */
#define MC_MUST_ACT (1UL << 55) /* Intel: action required; AMD: task context corrupt */

/* Since the softirq last looked: whether there was an NMI, and the worst bank of machine checks. */
struct seen {
	u32 nmi, bank;
	u64 status, address;
};

static DEFINE_PERCPU(struct seen, seen);

static void report_machine_check(const char *where)
{
	/* One that strikes in between is told with these words and not again. */
	struct seen s = this_cpu(seen);

	this_cpu(seen).status = 0;
	log_err("machine check on CPU %u in %s: bank %u status %016lx address %lx\n", this_cpu_id(),
		where, s.bank, s.status, s.address);
	evtchn_send_global_virq(VIRQ_MCA);
}

/* Out of NMI context.  Dom0 looks after the machine: it gets the NMI, asleep or on another CPU. */
static void tell_dom0(void)
{
	struct domain *d = domain_dom0;
	struct vcpu *v = d ? domain_vcpu(d, 0) : NULL;

	if (this_cpu(seen).status)
		report_machine_check("the hypervisor");
	if (!atomic_xchg(&this_cpu(seen).nmi, 0))
		return;
	if (!v || !v->traps[2].handler.v) {
		log_warn("NMI on CPU %u: dom0 has no handler\n", this_cpu_id());
		return;
	}
	WRITE_ONCE(v->nmi_pending, true);
	block_unblock(v);
	ipi_kick(v->processor);
}

static void raise(void)
{
	softirq_register(SOFTIRQ_NMI, tell_dom0);
	softirq_raise(SOFTIRQ_NMI);
}

/*
 * On the main stack by now.  The exit may be by sysret, so NMIs are unblocked
 * here: by an iret to the next instruction.
 */
void ist_nmi_guest(void)
{
	u64 tmp;

	this_cpu(seen).nmi |= !watchdog_nmi(guest_regs());
	raise();
	asm volatile("mov %%rsp, %0\n\t"
		     "push $0\n\t"
		     "push %0\n\t"
		     "pushfq\n\t"
		     "push %[cs]\n\t"
		     "lea 1f(%%rip), %0\n\t"
		     "push %0\n\t"
		     "iretq\n"
		     "1:"
		     : "=&r"(tmp)
		     : [cs] "i"(SEL_HV_CS)
		     : "memory");
}

/* Empty the banks; true if the guest that was hit cannot go on.  Panics if the hypervisor cannot. */
static bool machine_check(const struct regs *regs)
{
	struct seen *s = &this_cpu(seen);
	u32 banks = insn_rdmsr(MSR_MCG_CAP) & MCG_CAP_BANKS;
	u64 all = 0;

	for (u32 bank = 0; bank < banks; bank++) {
		u64 status = insn_rdmsr(MSR_MC_STATUS(bank));

		if (!(status & MC_VALID))
			continue;
		if (status & MC_UC)
			all |= status;
		if (status > s->status) {
			s->bank = bank;
			s->status = status;
			s->address = status & MC_ADDRESS ? insn_rdmsr(MSR_MC_ADDRESS(bank)) : 0;
		}
		insn_wrmsr(MSR_MC_STATUS(bank), 0);
	}
	if (!(insn_rdmsr(MSR_MCG_STATUS) & MCG_STATUS_RIPV) || (all & MC_PCC) ||
	    ((all & MC_MUST_ACT) && !regs_from_guest(regs))) {
		report_machine_check("what cannot go on");
		entry_die(regs, "machine check");
	}
	insn_wrmsr(MSR_MCG_STATUS, 0);
	return all & MC_MUST_ACT;
}

void ist_mce_guest(void)
{
	bool must_act = machine_check(guest_regs());

	report_machine_check("a guest");
	if (must_act)
		domain_crash(current->domain, "machine check on its memory\n");
}

/* In the guard page, or so close that the page fault's frame was to lie in it. */
static bool overflowed(u64 rsp)
{
	return rsp - (cpu_block() + CPU_BLOCK_GUARD) <= PAGE_SIZE + 64;
}

/*
 * Whether an NMI's frame is where the next NMI would put its own: an iret would
 * let that in.  So the return is a plain one there, from words on that stack.
 */
static bool return_blocked(struct regs *regs)
{
	u64 *sp = (u64 *)regs->rsp;

	if (cpu_block() + CPU_BLOCK_IST_NMI - regs->rsp >= CPU_BLOCK_NMI_SIZE)
		return false;
	*--sp = regs->rip;
	*--sp = regs->rflags;
	regs->rsp = (u64)sp;
	return true;
}

bool ist_nested(struct regs *regs)
{
	switch (regs->vector) {
	case 1:
		/* A guest's breakpoint that struck late (mov ss) or on its memory: not our affair. */
		debugreg_take_dr6();
		regs->rflags &= ~RFLAGS_TF;
		return return_blocked(regs);
	case 2: this_cpu(seen).nmi |= !watchdog_nmi(regs); break;
	case 18: (void)machine_check(regs); break;
	default: entry_die(regs, overflowed(regs->rsp) ? "stack overflow" : "double fault");
	}
	raise();
	/* The way out may have looked for softirqs already: let it look again. */
	lapic_ipi_self(VECTOR_KICK);
	return return_blocked(regs);
}
