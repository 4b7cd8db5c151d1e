/* SPDX-License-Identifier: MIT */
/*
 * Processors that come and go.
 *
 * A CPU whose bit in sched_active is clear is chosen for nobody.  The bit is
 * cleared under the lock of that CPU's queue, and who queues there looks at it
 * with the lock held; so once the queue has been emptied it stays empty.  The
 * CPU, when idle, sees the bit as well and leaves cpu_online_map (sched.c,
 * follow_active()).  It stays in its idle loop, halted, with its stacks, data
 * and registers as they are: so it answers whoever saw it online a moment ago,
 * and needs no second start.
 */
#include "sched/hotplug.h"

#include "console/log.h"
#include "irq/irq.h"
#include "sched/state.h"
#include "smp/cpus.h"
#include "smp/ipi.h"
#include "smp/softirq.h"
#include "time/watchdog.h"

static int leave(struct sched_cpu *sc, unsigned int cpu)
{
	u64 flags = spin_lock_irqsave(&sc->lock);
	struct queue_entity *e;

	atomic_clear_bit(&sched_active, cpu);
	spin_unlock_irqrestore(&sc->lock, flags);
	softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
	if (cpu == this_cpu_id())
		return -ERESTART;
	do {
		flags = spin_lock_irqsave(&sc->lock);
		e = queue_best(&sc->queue);
		if (e) {
			queue_remove(&sc->queue, e);
			sched_place(sc, container_of(e, struct sched_vcpu, entity)->v, false, flags);
		} else {
			spin_unlock_irqrestore(&sc->lock, flags);
		}
	} while (e || test_bit(cpu_online_map, cpu));
	timer_close(cpu, true);
	irq_evacuate(cpu);
	return 0;
}

static void come_back(unsigned int cpu)
{
	unsigned int other;

	timer_close(cpu, false);
	atomic_set_bit(&sched_active, cpu);
	while (!test_bit(cpu_online_map, cpu))
		ipi_kick(cpu);
	/* All look: somebody may have to run there, or had rather. */
	for_each_online_cpu (other)
		softirq_raise_on(other, SOFTIRQ_SCHEDULE);
	watchdog_start(cpu);
}

int hotplug_set(unsigned int cpu, bool online)
{
	/* CPUs that have left for good: one whose leaving must be called again is not among them. */
	static unsigned long gone;
	static u32 busy;
	int rc = 0;

	if (cpu >= nr_cpus || (!cpu && !online))
		return -EINVAL;
	/* Not a lock: who waits for one would keep its CPU from leaving. */
	if (atomic_xchg(&busy, 1))
		return -ERESTART;
	if (test_bit(&gone, cpu) == !online)
		goto out;
	if (online)
		come_back(cpu);
	else
		rc = leave(&sched_cpus[cpu], cpu);
	if (!rc) {
		gone ^= 1UL << cpu;
		log_info(online ? "smp: CPU %u is online\n" : "smp: CPU %u is offline; vCPUs bound to it run anywhere meanwhile\n",
			 cpu);
		hotplug_changed();
	}
out:
	atomic_store(&busy, 0);
	return rc;
}
