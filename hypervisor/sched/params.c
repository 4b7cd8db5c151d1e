/* SPDX-License-Identifier: MIT */
/*
 * What can be set about scheduling: creation, weight, cap, affinity.
 */

#include "frame/alloc.h"
#include "sched/pause.h"
#include "sched/runstate.h"
#include "sched/state.h"
#include "smp/cpus.h"
#include "time/clock.h"

#define DEFAULT_WEIGHT 256

/* Timer: a new period of a capped domain begins. */
static void refill_cap(void *arg)
{
	struct sched_domain *sd = arg;
	u64 flags, now = clock_now();
	u64 periods = 1 + (now - sd->refill.expires) / CAP_PERIOD;
	bool on;

	flags = spin_lock_irqsave(&sd->lock);
	on = sd->cap.percent;
	if (on)
		cap_refill(&sd->cap, periods);
	spin_unlock_irqrestore(&sd->lock, flags);
	if (on)
		timer_set(&sd->refill, sd->refill.expires + periods * CAP_PERIOD);
	sched_unpark_domain(sd->d);
}

int sched_create_domain(struct domain *d)
{
	struct sched_domain *sd = alloc_bytes(sizeof(*sd));

	if (!sd)
		return -ENOMEM;
	sd->d = d;
	spin_init(&sd->lock);
	sd->weight = DEFAULT_WEIGHT;
	timer_init(&sd->refill, refill_cap, sd, this_cpu_id());
	d->sched = sd;
	return 0;
}

void sched_destroy_domain(struct domain *d)
{
	struct sched_domain *sd = d->sched;

	if (!sd)
		return;
	timer_kill(&sd->refill);
	d->sched = NULL;
	alloc_free_bytes(sd);
}

int sched_create_vcpu(struct vcpu *v)
{
	struct sched_domain *sd = v->domain->sched;
	struct sched_vcpu *s = alloc_bytes(sizeof(*s));
	u64 now = clock_now();

	if (!s)
		return -ENOMEM;
	s->v = v;
	s->hard = s->soft = ~0UL;
	queue_entity_init(&s->entity, sd->weight, now);
	v->sched = s;
	v->processor = (u16)((v->domain->id + v->id) % nr_cpus);
	v->runstate.state = RUNSTATE_offline;
	v->runstate.state_entry_time = now;
	timer_init(&v->timers.poll, block_poll_timeout, v, v->processor);
	return 0;
}

void sched_destroy_vcpu(struct vcpu *v)
{
	struct sched_vcpu *s = sched_of(v);

	if (!s)
		return;
	timer_kill(&v->timers.poll);
	v->sched = NULL;
	alloc_free_bytes(s);
}

void sched_set_params(struct domain *d, const struct sched_params *p)
{
	struct sched_domain *sd = d->sched;
	struct vcpu *v;
	unsigned int i;
	u64 flags;

	for_each_vcpu (d, v, i) {
		struct sched_cpu *sc = sched_lock_vcpu(v, &flags);
		struct queue_entity *e = &sched_of(v)->entity;

		if (e->queued)
			sc->queue.load += p->weight - (u64)e->weight;
		e->weight = p->weight;
		spin_unlock_irqrestore(&sc->lock, flags);
	}

	flags = spin_lock_irqsave(&sd->lock);
	sd->weight = p->weight;
	cap_set(&sd->cap, p->cap);
	spin_unlock_irqrestore(&sd->lock, flags);
	if (p->cap)
		timer_set(&sd->refill, clock_now() + CAP_PERIOD);
	else
		timer_stop(&sd->refill);
	/* Those that run must notice a new cap; those stopped by an old one go on. */
	sched_unpark_domain(d);
	for_each_vcpu (d, v, i)
		if (READ_ONCE(v->running))
			softirq_raise_on(READ_ONCE(v->processor), SOFTIRQ_SCHEDULE);
}

void sched_get_params(struct domain *d, struct sched_params *p)
{
	struct sched_domain *sd = d->sched;
	SPIN_HOLD_IRQ(&sd->lock);

	p->weight = sd->weight;
	p->cap = sd->cap.percent;
}

/* Have it moved, if it waits or runs where it no longer may. */
static void reconsider(struct vcpu *v)
{
	struct sched_cpu *sc;
	u64 flags;
	bool queued;

	sc = sched_lock_vcpu(v, &flags);
	queued = sched_of(v)->entity.queued;
	if (queued)
		queue_remove(&sc->queue, &sched_of(v)->entity);
	spin_unlock_irqrestore(&sc->lock, flags);
	if (queued)
		sched_wake(v);
	else if (READ_ONCE(v->running))
		softirq_raise_on(READ_ONCE(v->processor), SOFTIRQ_SCHEDULE);
}

int sched_set_affinity(struct vcpu *v, unsigned long hard, unsigned long soft)
{
	struct sched_vcpu *s = sched_of(v);
	struct sched_cpu *sc;
	u64 flags;

	if (!(hard & cpu_online_map[0]))
		return -EINVAL;
	sc = sched_lock_vcpu(v, &flags);
	if (s->pinned)
		s->pin_saved = hard; /* takes effect when the override ends */
	else
		s->hard = hard;
	s->soft = soft;
	spin_unlock_irqrestore(&sc->lock, flags);
	reconsider(v);
	return 0;
}

void sched_get_affinity(struct vcpu *v, unsigned long *hard, unsigned long *soft)
{
	struct sched_vcpu *s = sched_of(v);
	u64 flags;
	struct sched_cpu *sc = sched_lock_vcpu(v, &flags);

	*hard = s->pinned ? s->pin_saved : s->hard;
	*soft = s->soft;
	spin_unlock_irqrestore(&sc->lock, flags);
}

int sched_pin(struct vcpu *v, int cpu)
{
	struct sched_vcpu *s = sched_of(v);
	struct sched_cpu *sc;
	u64 flags;
	int rc = 0;

	if (cpu >= (int)MAX_CPUS || (cpu >= 0 && !bitmap_test(cpu_online_map, (unsigned int)cpu)))
		return -EINVAL;
	sc = sched_lock_vcpu(v, &flags);
	if (cpu < 0) {
		if (s->pinned)
			s->hard = s->pin_saved;
		s->pinned = false;
	} else if (s->pinned) {
		rc = -EBUSY;
	} else {
		s->pin_saved = s->hard;
		s->hard = 1UL << cpu;
		s->pinned = true;
	}
	spin_unlock_irqrestore(&sc->lock, flags);
	if (!rc)
		reconsider(v);
	return rc;
}

u64 sched_vcpu_time(struct vcpu *v)
{
	vcpu_runstate_info_t r;

	runstate_get(v, &r);
	return r.time[RUNSTATE_running];
}
