/* SPDX-License-Identifier: MIT */
/*
 * Deferred work: a word of bits for each CPU, and tasklets on one of them.
 */
#include "smp/softirq.h"

#include "smp/ipi.h"
#include "x86/atomic.h"
#include "x86/insn.h"

DEFINE_PERCPU(u32, softirq_bits);

static void (*handlers[NR_SOFTIRQS])(void);

void softirq_register(enum softirq nr, void (*fn)(void))
{
	handlers[nr] = fn;
}

void softirq_raise(enum softirq nr)
{
	atomic_or(&this_cpu(softirq_bits), 1u << nr);
}

void softirq_raise_on(unsigned int cpu, enum softirq nr)
{
	u32 old = atomic_or(&per_cpu(softirq_bits, cpu), 1u << nr);

	/* Whoever set the first bit has kicked it already, or will in a moment. */
	if (!old && cpu != this_cpu_id())
		ipi_kick(cpu);
}

void softirq_run(void)
{
	u64 flags = insn_irq_save();
	u32 bits;

	while ((bits = READ_ONCE(this_cpu(softirq_bits))) != 0) {
		u32 others = bits & ~(1u << SOFTIRQ_SCHEDULE);
		u32 nr = (u32)__builtin_ctz(others ? others : bits);

		atomic_and(&this_cpu(softirq_bits), ~(1u << nr));
		insn_sti();
		if (handlers[nr])
			handlers[nr]();
		insn_cli();
	}
	insn_irq_restore(flags);
}
