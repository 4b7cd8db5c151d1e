/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls that set one register of the calling vCPU.
 */
#include "hypercall/table.h"

#include "pv/flags.h"
#include "pv/guest_cr.h"
#include "pv/pv.h"
#include "x86/bound.h"
#include "x86/extable.h"
#include "x86/msr.h"
#include "x86/pte.h"

/* @a1 selector, @a2 stack pointer for entries from user mode. */
HYPERCALL(stack_switch)
{
	struct vcpu *v = current;

	v->kernel_ss = flags_selector(a1);
	v->kernel_sp = a2;
	return 0;
}

HYPERCALL(fpu_taskswitch)
{
	guest_cr_set_ts(current, a1 != 0);
	return 0;
}

/*
 * Load the selector with user mode's base active, so that the descriptor's
 * base becomes user mode's; a bad one loads as null.  Interrupts are off, for
 * nothing else may run with the bases exchanged.
 */
static void set_gs_user_selector(u16 sel)
{
	u64 flags = insn_irq_save();

	asm volatile("swapgs\n"
		     "1: mov %k0, %%gs\n"
		     "2: mfence\n\t"
		     "swapgs\n\t"
		     ".pushsection .text.fixup, \"ax\"\n"
		     "3: mov %k1, %%gs\n\t"
		     "jmp 2b\n\t"
		     ".popsection\n\t" EXTABLE(1b, 3b)
		     :
		     : "r"((u32)sel), "r"(0)
		     : "memory");
	insn_irq_restore(flags);
}

/* @a1 SEGBASE_*, @a2 base address (or selector). */
HYPERCALL(set_segment_base)
{
	if (a1 != SEGBASE_GS_USER_SEL && !va_canonical(a2))
		return -EINVAL;
	switch (a1) {
	case SEGBASE_FS: insn_wrmsr(MSR_FS_BASE, a2); return 0;
	/* The inactive one, while the kernel runs. */
	case SEGBASE_GS_USER: insn_wrmsr(MSR_KERNEL_GS_BASE, a2); return 0;
	case SEGBASE_GS_KERNEL: insn_wrmsr(MSR_GS_BASE, a2); return 0;
	case SEGBASE_GS_USER_SEL: set_gs_user_selector((u16)a2); return 0;
	default: return -EINVAL;
	}
}

HYPERCALL(set_debugreg)
{
	if (!bound_index(a1, 8))
		return -EINVAL;
	return debugreg_set(current, (unsigned int)a1, a2);
}

HYPERCALL(get_debugreg)
{
	if (!bound_index(a1, 8))
		return -EINVAL;
	return (long)debugreg_get(current, (unsigned int)a1);
}
