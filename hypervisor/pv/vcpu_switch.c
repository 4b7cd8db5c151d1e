/* SPDX-License-Identifier: MIT */
/*
 * What of a vCPU lives in the processor while it runs, and its exchange.
 *
 * Saved always, loaded lazily: a vCPU that comes back to the processor it left,
 * with nobody else in between (cached_cpu and context_last agree), finds its
 * FPU state and descriptor windows still in place.
 *
 * Interrupts are off and nothing of the guest's is on the stack but the frame
 * in cpu_info.
 */
#include "pv/debugreg.h"
#include "pv/guest_cr.h"
#include "pv/guest_msr.h"
#include "pv/pv.h"

#include "frame/hostmap.h"
#include "sched/runstate.h"
#include "sched/sched.h"
#include "smp/tlb.h"
#include "x86/desc.h"
#include "x86/extable.h"
#include "x86/fpu.h"
#include "x86/msr.h"
#include "x86/speculation.h"

#define CPU_NONE 0xffff

/* The guest's vCPU that ran here last, for comparison only: it may be freed. */
static DEFINE_PERCPU(const struct vcpu *, context_last);

int pv_vcpu_create(struct vcpu *v)
{
	v->cached_cpu = CPU_NONE;
	v->xcr0 = 1;
	v->cr4_guest = guest_cr4_fixed();
	if (v->is_idle)
		return 0;
	v->fpu = fpu_alloc();
	return v->fpu ? 0 : -ENOMEM;
}

void pv_vcpu_destroy(struct vcpu *v)
{
	if (v->fpu)
		fpu_free(v->fpu);
	v->fpu = NULL;
}

/* Load one data selector; a bad one loads as null, and false. */
#define LOAD_SELECTOR(seg, sel)                                   \
	({                                                        \
		bool ok_ = true;                                  \
		asm volatile("1: mov %k1, %%" #seg "\n"           \
			     "2:\n\t"                             \
			     ".pushsection .text.fixup, \"ax\"\n" \
			     "3: movb $0, %0\n\t"                 \
			     "mov %k2, %%" #seg "\n\t"            \
			     "jmp 2b\n\t"                         \
			     ".popsection\n\t" EXTABLE(1b, 3b)    \
			     : "+qm"(ok_)                         \
			     : "r"((u32)(sel)), "r"(0u));         \
		ok_;                                              \
	})

/* The instructions for bases exist only while the guest has them in its CR4. */
static void save_segments(struct vcpu *v)
{
	asm volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
		     : "=m"(v->ds), "=m"(v->es), "=m"(v->fs), "=m"(v->gs));
	if (v->cr4_guest & CR4_FSGSBASE) {
		v->fs_base = insn_rdfsbase();
		v->gs_base = insn_rdgsbase();
		insn_swapgs();
		v->gs_base_other = insn_rdgsbase();
		insn_swapgs();
	} else {
		v->fs_base = insn_rdmsr(MSR_FS_BASE);
		v->gs_base = insn_rdmsr(MSR_GS_BASE);
		v->gs_base_other = insn_rdmsr(MSR_KERNEL_GS_BASE);
	}
}

/* Selectors first: loading one replaces the base. */
static void load_segments(struct vcpu *v)
{
	bool ok = true;

	ok &= LOAD_SELECTOR(ds, v->ds);
	ok &= LOAD_SELECTOR(es, v->es);
	ok &= LOAD_SELECTOR(fs, v->fs);
	ok &= LOAD_SELECTOR(gs, v->gs);
	if (unlikely(!ok))
		v->failsafe_pending = true;
	if (v->cr4_guest & CR4_FSGSBASE) {
		insn_wrfsbase(v->fs_base);
		insn_swapgs();
		insn_wrgsbase(v->gs_base_other);
		insn_swapgs();
		insn_wrgsbase(v->gs_base);
	} else {
		insn_wrmsr(MSR_FS_BASE, v->fs_base);
		insn_wrmsr(MSR_GS_BASE, v->gs_base);
		insn_wrmsr(MSR_KERNEL_GS_BASE, v->gs_base_other);
	}
}

static void save(struct vcpu *v)
{
	v->regs = *guest_regs();
	save_segments(v);
	if (v->cr0_ts)
		insn_clts();
	fpu_save(v->fpu);
}

/* The time page and runstate may be in the kernel's half: its table must be live. */
static void load_address_space(struct vcpu *v, unsigned int cpu)
{
	/* Before the load: whoever flushes must know that we may cache. */
	atomic_or(&v->domain->pool.dirty_cpus, 1UL << cpu);
	tlb_write_cr3(v->root);
	vcpu_time_update(v);
	runstate_update_guest(v);
	if (!v->in_kernel)
		tlb_write_cr3(v->root_user);
}

static void load(struct vcpu *v, unsigned int cpu)
{
	bool cached = this_cpu(context_last) == v && v->cached_cpu == cpu;

	if (!cached) {
		if (unlikely(speculation.measures & SPEC_IBPB))
			insn_wrmsr(MSR_PRED_CMD, 1);
		desc_load_gdt(v->gdt_frames, DIV_ROUND_UP(v->gdt_entries, 512));
		desc_load_ldt(v->ldt_frames, v->ldt_entries);
		/* At bring-up TS is set.  A refused image has been replaced; the guest lives with it. */
		insn_clts();
		fpu_restore(v->fpu, v->xcr0 | 3);
		this_cpu(context_last) = v;
		v->cached_cpu = (u16)cpu;
	}
	guest_cr4_load(v);
	load_segments(v);
	if (v->cr0_ts)
		insn_write_cr0(insn_read_cr0() | CR0_TS);
	guest_msr_load_tsc_aux(v);
	*guest_regs() = v->regs;
}

void vcpu_switch(struct vcpu *prev, struct vcpu *next)
{
	unsigned int cpu = this_cpu_id();

	if (prev == next)
		return;
	if (!prev->is_idle)
		save(prev);
	current = next;
	debugreg_switch(prev, next);
	if (next->is_idle) {
		/* The guest's tables may go while nothing of it runs. */
		tlb_write_cr3(hostmap_root());
	} else {
		vcpu_time_migrate(next, cpu);
		load_address_space(next, cpu);
		load(next, cpu);
	}
	/* The CR3 load has emptied the TLB of what @prev's tables gave. */
	if (!prev->is_idle && prev->domain != next->domain)
		atomic_and(&prev->domain->pool.dirty_cpus, ~(1UL << cpu));
}
