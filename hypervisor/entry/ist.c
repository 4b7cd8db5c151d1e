/* SPDX-License-Identifier: MIT */
/*
 * The vectors that may strike between any two instructions: non-maskable
 * interrupt, machine check, double fault, debug exception.
 *
 * What hits the hypervisor is handled on the vector's own stack and returns
 * where it came from; it takes no lock and touches nothing but flags.
 */
#include "entry/entry.h"
#include "entry/die.h"

#include "console/log.h"
#include "domain/vcpu.h"
#include "pv/debugreg.h"
#include "sched/pause.h"
#include "smp/ipi.h"
#include "smp/softirq.h"
#include "x86/desc.h"
#include "x86/extable.h"
#include "x86/percpu.h"

#define MSR_MCG_STATUS	0x17a
#define MCG_STATUS_RIPV (1UL << 0)
#define MCG_STATUS_MCIP (1UL << 2)

/* Out of NMI context: whoever is to get it may be asleep, or on another CPU. */
static void nmi_wake(void)
{
	struct domain *d = domain_dom0;
	struct vcpu *v = d ? domain_vcpu(d, 0) : NULL;

	if (!v)
		return;
	block_unblock(v);
	ipi_kick(v->processor);
}

/*
 * Dom0 looks after the machine: it gets the NMI.  Here, where anything may have
 * been interrupted, that only sets a flag and a softirq's bit.
 */
static void nmi_to_dom0(void)
{
	struct domain *d = domain_dom0;
	struct vcpu *v = d ? domain_vcpu(d, 0) : NULL;

	if (!v || !v->traps[2].handler.v)
		return;
	WRITE_ONCE(v->nmi_pending, true);
	softirq_register(SOFTIRQ_NMI, nmi_wake);
	softirq_raise(SOFTIRQ_NMI);
}

/*
 * On the main stack by now.  The exit may be by sysret, so NMIs are unblocked
 * here: by an iret to the next instruction.
 */
void ist_nmi_guest(void)
{
	u64 tmp;

	nmi_to_dom0();
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

static void machine_check(const struct regs *regs)
{
	u64 status;

	if (!extable_rdmsr(MSR_MCG_STATUS, &status))
		status = 0;
	if (!(status & MCG_STATUS_RIPV))
		entry_die(regs, "machine check that cannot be continued");
	log_err("machine check on CPU %u, status %lx\n", this_cpu_id(), status);
	if (!extable_wrmsr(MSR_MCG_STATUS, status & ~MCG_STATUS_MCIP))
		log_err("machine check status cannot be cleared\n");
}

void ist_mce_guest(void)
{
	machine_check(guest_regs());
}

void ist_nested(struct regs *regs)
{
	switch (regs->vector) {
	case 1:
		/* A guest's breakpoint that struck late (mov ss) or on its memory: not our affair. */
		debugreg_take_dr6();
		regs->rflags &= ~RFLAGS_TF;
		break;
	case 2: nmi_to_dom0(); break;
	case 18: machine_check(regs); break;
	default: entry_die(regs, "double fault");
	}
}
