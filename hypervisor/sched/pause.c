/* SPDX-License-Identifier: MIT */
/*
 * Counted pauses, block and poll.
 *
 * Who stops a vCPU changes its counts or flags first and tells the scheduler
 * then; who wakes it does the same in the other direction.  Each is an atomic
 * operation, so one of two racing parties always sees the other's change.
 */
#include "sched/pause.h"

#include "smp/ipi.h"

static void stop_domain(struct domain *d, bool sync)
{
	struct vcpu *v;
	unsigned int i;

	atomic_add(&d->pause_count, 1);
	for_each_vcpu (d, v, i)
		sched_sleep(v);
	if (!sync)
		return;
	for_each_vcpu (d, v, i)
		sched_sleep_sync(v);
}

void pause_domain(struct domain *d)
{
	stop_domain(d, d != current->domain);
}

void pause_domain_nosync(struct domain *d)
{
	stop_domain(d, false);
}

void pause_domain_undo(struct domain *d)
{
	struct vcpu *v;
	unsigned int i;

	if (atomic_sub(&d->pause_count, 1))
		return;
	for_each_vcpu (d, v, i)
		sched_wake(v);
}

int pause_by_controller(struct domain *d)
{
	bool first;

	if (d == current->domain)
		return -EINVAL;
	spin_lock(&d->lock);
	first = !d->controller_paused++;
	spin_unlock(&d->lock);
	if (first)
		pause_domain(d);
	return 0;
}

int pause_undo_by_controller(struct domain *d)
{
	u32 count;

	spin_lock(&d->lock);
	count = d->controller_paused;
	d->controller_paused -= !!count;
	spin_unlock(&d->lock);
	if (count == 1)
		pause_domain_undo(d);
	return count ? 0 : -EINVAL;
}

static bool upcall_waits(const struct vcpu *v)
{
	return READ_ONCE(v->info->evtchn_upcall_pending) && !READ_ONCE(v->info->evtchn_upcall_mask);
}

void block_current(void)
{
	struct vcpu *v = current;

	WRITE_ONCE(v->info->evtchn_upcall_mask, 0);
	/* A locked operation: a sender sees the bit, or we see its event. */
	atomic_set_bit(&v->pause_flags, VCPU_BLOCKED);
	if (upcall_waits(v) || v->nmi_pending)
		atomic_clear_bit(&v->pause_flags, VCPU_BLOCKED);
	else
		softirq_raise(SOFTIRQ_SCHEDULE);
}

void block_poll_start(u32 port)
{
	struct vcpu *v = current;

	WRITE_ONCE(v->poll_port, port);
	atomic_set_bit(&v->pause_flags, VCPU_POLLING);
	atomic_set_bit(&v->domain->poll_vcpus, v->id);
}

void block_poll_cancel(void)
{
	struct vcpu *v = current;

	atomic_clear_bit(&v->domain->poll_vcpus, v->id);
	atomic_clear_bit(&v->pause_flags, VCPU_POLLING);
}

void block_poll_wait(u64 timeout)
{
	if (timeout)
		timer_set(&current->timers.poll, timeout);
	else
		timer_stop(&current->timers.poll);
	softirq_raise(SOFTIRQ_SCHEDULE);
}

void block_poll_timeout(void *arg)
{
	struct vcpu *v = arg;

	if (READ_ONCE(v->pause_flags) & (1U << VCPU_POLLING))
		block_unblock(v);
}

void block_unblock(struct vcpu *v)
{
	const u32 bits = (1U << VCPU_BLOCKED) | (1U << VCPU_POLLING);
	u32 old = atomic_and(&v->pause_flags, ~bits);

	if (old & (1U << VCPU_POLLING))
		atomic_clear_bit(&v->domain->poll_vcpus, v->id);
	if (old & bits)
		sched_wake(v);
}

void block_kick(struct vcpu *v)
{
	if (READ_ONCE(v->pause_flags) & ((1U << VCPU_BLOCKED) | (1U << VCPU_POLLING)))
		block_unblock(v);
	else if (v != current && READ_ONCE(v->running))
		ipi_kick(READ_ONCE(v->processor));
}
