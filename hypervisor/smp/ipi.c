/* SPDX-License-Identifier: MIT */
/*
 * Inter-processor interrupts.
 *
 * Each CPU has one call slot to ask from and one word that says who asks it.
 * A caller fills its slot, names itself in the words of its targets and waits
 * until each has cleared its bit in the slot.  No lock is shared, so callers
 * do not wait for each other, and two that call each other both answer, since
 * they wait with interrupts enabled.
 */
#include "smp/ipi.h"

#include "platform/lapic.h"
#include "platform/vector.h"
#include "smp/cpus.h"
#include "x86/atomic.h"
#include "x86/bug.h"
#include "x86/insn.h"
#include "x86/percpu.h"

struct call_slot {
	void (*fn)(void *arg);
	void *arg;
	u64 waiting; /* CPUs that have not run it yet */
};

static DEFINE_PERCPU(struct call_slot, call_slot);
static DEFINE_PERCPU(u64, call_from); /* CPUs whose slot names this one */

void ipi_kick(unsigned int cpu)
{
	if (cpu != this_cpu_id())
		lapic_ipi(cpu_apic_id[cpu], VECTOR_KICK);
}

void ipi_run_calls(void)
{
	unsigned int me = this_cpu_id();
	u64 from = atomic_xchg(&this_cpu(call_from), 0);

	while (from) {
		struct call_slot *slot = &per_cpu(call_slot, (u32)__builtin_ctzl(from));

		from &= from - 1;
		slot->fn(slot->arg);
		atomic_and(&slot->waiting, ~(1UL << me));
	}
}

void ipi_call(unsigned long mask, void (*fn)(void *arg), void *arg)
{
	unsigned int me = this_cpu_id();
	struct call_slot *slot = &this_cpu(call_slot);
	u64 others, flags;

	mask &= READ_ONCE(cpu_online_map[0]);
	others = mask & ~(1UL << me);
	if (others) {
		BUG_ON(!insn_irq_enabled());
		slot->fn = fn;
		slot->arg = arg;
		atomic_store(&slot->waiting, others);
		for (u64 left = others; left; left &= left - 1) {
			unsigned int cpu = (u32)__builtin_ctzl(left);

			/* An unanswered call means that the interrupt is still on its way. */
			if (!atomic_or(&per_cpu(call_from, cpu), 1UL << me))
				lapic_ipi(cpu_apic_id[cpu], VECTOR_CALL);
		}
	}
	if (mask & (1UL << me)) {
		flags = insn_irq_save();
		fn(arg);
		insn_irq_restore(flags);
	}
	while (others && atomic_load(&slot->waiting))
		insn_pause();
}
