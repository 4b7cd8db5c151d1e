/* SPDX-License-Identifier: MIT */
/*
 * The scheduler's own data.
 */
#include "sched/state.h"

struct sched_cpu sched_cpus[MAX_CPUS];
unsigned long sched_active;

struct sched_cpu *sched_lock_vcpu(struct vcpu *v, u64 *flags)
{
	for (;;) {
		u16 cpu = READ_ONCE(v->processor);
		struct sched_cpu *sc = &sched_cpus[cpu];

		*flags = spin_lock_irqsave(&sc->lock);
		if (likely(v->processor == cpu))
			return sc;
		spin_unlock_irqrestore(&sc->lock, *flags);
	}
}
