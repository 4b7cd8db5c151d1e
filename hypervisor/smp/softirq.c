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

struct tasklet_queue {
	struct tasklet *first, *last;
};

static DEFINE_PERCPU(struct tasklet_queue, tasklets);

static void run_tasklets(void)
{
	struct tasklet_queue *q = &this_cpu(tasklets);
	struct tasklet *t;
	u64 flags = insn_irq_save();

	t = q->first;
	q->first = q->last = NULL;
	insn_irq_restore(flags);
	while (t) {
		struct tasklet *next = t->next;

		/* From here on it may be scheduled again, by itself too. */
		atomic_store(&t->pending, 0);
		t->fn(t->arg);
		t = next;
	}
}

void tasklet_schedule(struct tasklet *t)
{
	struct tasklet_queue *q;
	u64 flags;

	if (atomic_xchg(&t->pending, 1))
		return;
	flags = insn_irq_save();
	handlers[SOFTIRQ_TASKLET] = run_tasklets;
	q = &this_cpu(tasklets);
	t->next = NULL;
	if (q->last)
		q->last->next = t;
	else
		q->first = t;
	q->last = t;
	softirq_raise(SOFTIRQ_TASKLET);
	insn_irq_restore(flags);
}
