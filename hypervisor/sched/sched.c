/* SPDX-License-Identifier: MIT */
/*
 * Run queues and switching.
 *
 * Each CPU has a queue of the vCPUs that wait for it.  A vCPU that wakes goes
 * to an idle CPU if its affinity has one, else to the queue where it ran last;
 * a CPU that runs out of work takes some from another's queue, and one with
 * much of it pushes some away now and then.
 *
 * Switching is in two steps.  schedule() decides under the lock; with the lock
 * dropped (loading a guest is long) vcpu_switch() saves one vCPU and loads the
 * other; finish_switch() then lets go of the first.  Until that moment it is
 * `running`, in no queue, and no other CPU may touch its registers.
 */
#include "sched/sched.h"

#include "console/log.h"
#include "frame/alloc.h"
#include "sched/runstate.h"
#include "sched/state.h"
#include "smp/cpus.h"
#include "smp/tlb.h"
#include "time/clock.h"

#define BALANCE_PERIOD 30000000 /* ns */

static unsigned long idle_cpus; /* atomic */
static unsigned long astray;	/* atomic: CPUs whose vCPU had rather run on another */
static struct domain *idle_domain;

static unsigned int cpu_of(const struct sched_cpu *sc)
{
	return (unsigned int)(sc - sched_cpus);
}

static struct vcpu *vcpu_of(struct queue_entity *e)
{
	return container_of(e, struct sched_vcpu, entity)->v;
}

static u64 load_of(const struct sched_cpu *sc)
{
	return sc->queue.load + (sc->curr->is_idle ? 0 : sched_of(sc->curr)->entity.weight);
}

static struct sched_domain *capped(const struct vcpu *v)
{
	struct sched_domain *sd = v->domain->sched;

	return sd->cap.percent ? sd : NULL;
}

static unsigned long allowed_cpus(const struct vcpu *v)
{
	unsigned long cpus = sched_of(v)->hard & READ_ONCE(sched_active);

	/* An affinity to CPUs that do not exist (any more) must not stop a vCPU. */
	return cpus ? cpus : READ_ONCE(sched_active);
}

static bool may_run_on(const struct vcpu *v, unsigned int cpu)
{
	return allowed_cpus(v) & (1UL << cpu);
}

/* The CPUs where it had rather run: its soft affinity, or all that are allowed. */
static unsigned long wanted_cpus(const struct vcpu *v)
{
	unsigned long cpus = allowed_cpus(v), soft = cpus & sched_of(v)->soft;

	return soft ? soft : cpus;
}

/* An idle one that it wants, any idle one, or one that it wants; where it was before others. */
static unsigned int choose_cpu(const struct vcpu *v)
{
	unsigned long cpus = wanted_cpus(v), idle = allowed_cpus(v) & READ_ONCE(idle_cpus);

	if (idle)
		cpus = idle & cpus ? idle & cpus : idle;
	return cpus & 1UL << v->processor ? v->processor : (unsigned int)__builtin_ctzl(cpus);
}

/* The domain's budget is spent: stop the vCPU until it is refilled. */
static bool park_if_capped(struct vcpu *v)
{
	struct sched_domain *sd = capped(v);

	if (unlikely(sd)) {
		spin_lock(&sd->lock);
		if (cap_used_up(&sd->cap))
			sched_of(v)->parked = true;
		spin_unlock(&sd->lock);
	}
	return sched_of(v)->parked;
}

/* Charge what current has used since last time; @sc->lock held. */
static void account(struct sched_cpu *sc, struct vcpu *v, u64 now)
{
	struct sched_vcpu *s = sched_of(v);
	struct sched_domain *sd;
	u64 ns;

	if (v->is_idle)
		return;
	ns = now - s->charged;
	s->charged = now;
	queue_charge(&sc->queue, &s->entity, ns);
	sd = capped(v);
	if (unlikely(sd)) {
		spin_lock(&sd->lock);
		cap_charge(&sd->cap, ns);
		spin_unlock(&sd->lock);
		(void)park_if_capped(v);
	}
}

/*
 * Bring @sc's virtual time up to @now: one who wakes is placed beside it.  A
 * vCPU that runs alone is charged only when it stops, and whoever were placed
 * beside its time of long ago would run until that lag is made up.
 */
static void catch_up(struct sched_cpu *sc, u64 now)
{
	struct vcpu *v = sc->curr;

	/* Its own CPU may have read the clock later than we did. */
	if (!v->is_idle && (s64)(now - sched_of(v)->charged) > QUEUE_GRANULARITY)
		account(sc, v, now);
}

/* The CPUs where @v, which runs on @cpu, had rather run; none if that is one of them. */
static unsigned long wish(const struct vcpu *v, unsigned int cpu)
{
	unsigned long cpus = wanted_cpus(v);

	return cpus & 1UL << cpu ? 0 : cpus;
}

/*
 * Note where @sc's vCPU had rather run, if not here, so that such a CPU says when
 * it becomes idle (invite()); one that is idle already may have looked too early.
 */
static void note_wish(struct sched_cpu *sc)
{
	unsigned int cpu = cpu_of(sc);
	unsigned long want = sc->curr->is_idle ? 0 : wish(sc->curr, cpu);

	if (likely(want == sc->want))
		return;
	WRITE_ONCE(sc->want, want);
	(want ? atomic_set_bit : atomic_clear_bit)(&astray, cpu);
	if (want & READ_ONCE(idle_cpus))
		softirq_raise(SOFTIRQ_SCHEDULE);
}

/* This CPU is idle: tell those whose vCPU had rather run here. */
static void invite(unsigned int cpu)
{
	for (unsigned long rest = READ_ONCE(astray); unlikely(rest); rest &= rest - 1) {
		unsigned int other = (unsigned int)__builtin_ctzl(rest);

		if (READ_ONCE(sched_cpus[other].want) & 1UL << cpu)
			softirq_raise_on(other, SOFTIRQ_SCHEDULE);
	}
}

/* Set the timer to when @sc's vCPU has had its turn; @sc->lock held, on that CPU. */
static void arm_slice(struct sched_cpu *sc, u64 now)
{
	struct vcpu *v = sc->curr;
	struct sched_domain *sd = v->is_idle ? NULL : capped(v);
	s64 left = 0;

	note_wish(sc);
	if (!v->is_idle && sc->queue.nr) {
		struct sched_vcpu *s = sched_of(v);

		left = (s64)queue_left(&s->entity, now - s->slice_start);
		left = MAX(left, 50000);
	}
	if (unlikely(sd)) {
		s64 budget = MAX(READ_ONCE(sd->cap.budget), 20000);

		left = left ? MIN(left, budget) : budget;
	}
	if (left)
		timer_set(&sc->slice, now + (u64)left);
	else if (sc->slice.slot)
		timer_stop(&sc->slice);
}

/* Whether what was just put on @sc's queue is reason enough for @sc to schedule. */
static bool worth_a_look(struct sched_cpu *sc, u64 now)
{
	if (sc->curr->is_idle || sc->queue.nr == 1)
		return true;
	return queue_preempts(&sc->queue, &sched_of(sc->curr)->entity,
			      now - sched_of(sc->curr)->slice_start);
}

void sched_place(struct sched_cpu *sc, struct vcpu *v, bool woken, u64 flags)
{
	struct sched_vcpu *s = sched_of(v);
	unsigned int cpu;
	u64 now = clock_now();
	bool look;

	/* Again if it may not run there any more since the CPU's lock is ours. */
	while ((cpu = choose_cpu(v)) != v->processor) {
		struct sched_cpu *to = &sched_cpus[cpu];

		queue_migrate(&sc->queue, &to->queue, &s->entity);
		WRITE_ONCE(v->processor, (u16)cpu);
		spin_unlock(&sc->lock);
		sc = to;
		spin_lock(&sc->lock);
		/* Someone else may have found it in the meantime. */
		if (v->processor != cpu || v->running || s->entity.queued || !vcpu_runnable(v) ||
		    s->parked) {
			spin_unlock_irqrestore(&sc->lock, flags);
			return;
		}
		if (likely(may_run_on(v, cpu)))
			break;
	}
	if (woken) {
		catch_up(sc, now);
		queue_woken(&sc->queue, &s->entity, load_of(sc), now);
	}
	runstate_change(v, RUNSTATE_runnable, now);
	queue_insert(&sc->queue, &s->entity);
	look = worth_a_look(sc, now);
	if (sc->curr->is_idle)
		atomic_clear_bit(&idle_cpus, cpu); /* the next one looks for another */
	spin_unlock_irqrestore(&sc->lock, flags);
	if (look)
		softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
}

void sched_wake(struct vcpu *v)
{
	struct sched_vcpu *s = sched_of(v);
	struct sched_cpu *sc;
	u64 flags;

	if (!vcpu_runnable(v))
		return;
	sc = sched_lock_vcpu(v, &flags);
	/* If it is still on its CPU, finish_switch() there will look again. */
	if (v->running || s->entity.queued || s->parked || !vcpu_runnable(v))
		spin_unlock_irqrestore(&sc->lock, flags);
	else
		sched_place(sc, v, true, flags);
}

static int stopped_state(const struct vcpu *v)
{
	u32 flags = READ_ONCE(v->pause_flags);

	if (vcpu_runnable(v))
		return RUNSTATE_runnable;
	if (flags & ((1U << VCPU_BLOCKED) | (1U << VCPU_POLLING)) && !(flags & (1U << VCPU_DOWN)) &&
	    !READ_ONCE(v->domain->pause_count))
		return RUNSTATE_blocked;
	return RUNSTATE_offline;
}

void sched_sleep(struct vcpu *v)
{
	struct sched_cpu *sc;
	bool raise;
	u64 flags;

	sc = sched_lock_vcpu(v, &flags);
	raise = v->running;
	if (!raise && !vcpu_runnable(v)) {
		if (sched_of(v)->entity.queued)
			queue_remove(&sc->queue, &sched_of(v)->entity);
		runstate_change(v, stopped_state(v), clock_now());
	}
	spin_unlock_irqrestore(&sc->lock, flags);
	if (raise)
		softirq_raise_on(cpu_of(sc), SOFTIRQ_SCHEDULE);
}

void sched_sleep_sync(struct vcpu *v)
{
	ASSERT(v != current);
	sched_sleep(v);
	while (READ_ONCE(v->running))
		insn_pause();
}

void sched_yield(void)
{
	sched_of(current)->entity.yielded = true;
	softirq_raise(SOFTIRQ_SCHEDULE);
}

void sched_unpark_domain(struct domain *d)
{
	struct sched_cpu *sc;
	struct vcpu *v;
	unsigned int i;
	u64 flags;

	for_each_vcpu (d, v, i) {
		if (!v->sched || !READ_ONCE(sched_of(v)->parked))
			continue;
		sc = sched_lock_vcpu(v, &flags);
		sched_of(v)->parked = false;
		if (v->running || sched_of(v)->entity.queued || !vcpu_runnable(v))
			spin_unlock_irqrestore(&sc->lock, flags);
		else
			sched_place(sc, v, false, flags);
	}
}

/* Move waiting @e from @from to @to; both locks held. */
static void move(struct sched_cpu *from, struct sched_cpu *to, struct queue_entity *e)
{
	queue_remove(&from->queue, e);
	queue_migrate(&from->queue, &to->queue, e);
	WRITE_ONCE(vcpu_of(e)->processor, (u16)cpu_of(to));
	queue_insert(&to->queue, e);
}

/* Nothing waits here: take from another queue; @sc->lock held. True if it got something. */
static bool steal(struct sched_cpu *sc)
{
	unsigned int me = cpu_of(sc), i;
	struct queue_entity *e;
	bool found = false;

	for (i = 1; i < nr_cpus && !found; i++) {
		struct sched_cpu *other = &sched_cpus[(me + i) % nr_cpus];

		/* Only tried: two thieves must not wait for each other. */
		if (!READ_ONCE(other->queue.nr) || !spin_trylock(&other->lock))
			continue;
		list_for_each_entry (e, &other->queue.head, link) {
			found = may_run_on(vcpu_of(e), me);
			if (found)
				break;
		}
		if (found)
			move(other, sc, e);
		spin_unlock(&other->lock);
	}
	return found;
}

/*
 * Give one waiting vCPU to the least loaded CPU if that brings the two nearer,
 * or swaps an odd one out, so that three equals on two CPUs take turns;
 * @sc->lock held.
 */
static void balance(struct sched_cpu *sc, u64 now)
{
	struct sched_cpu *best = NULL, *other;
	struct queue_entity *e;
	unsigned int cpu;
	bool moved = false;
	u64 least = load_of(sc);

	sc->balance_at = now + BALANCE_PERIOD;
	for (cpu = 0; cpu < nr_cpus; cpu++) {
		other = &sched_cpus[cpu];
		if (other == sc || !(READ_ONCE(sched_active) & (1UL << cpu)) ||
		    READ_ONCE(other->queue.load) >= least || !spin_trylock(&other->lock))
			continue;
		if (load_of(other) < least) {
			best = other;
			least = load_of(other);
		}
		spin_unlock(&other->lock);
	}
	if (!best || !spin_trylock(&best->lock))
		return;
	list_for_each_entry (e, &sc->queue.head, link) {
		moved = may_run_on(vcpu_of(e), cpu_of(best)) &&
			load_of(best) + e->weight <= load_of(sc);
		if (moved)
			break;
	}
	if (moved)
		move(sc, best, e);
	spin_unlock(&best->lock);
	if (moved)
		softirq_raise_on(cpu_of(best), SOFTIRQ_SCHEDULE);
}

/* Who runs next on @sc; off the queue. @sc->lock held. */
static struct vcpu *pick(struct sched_cpu *sc, struct vcpu *prev, u64 now)
{
	struct sched_vcpu *s = sched_of(prev);
	struct queue_entity *best;
	bool stay = !prev->is_idle && vcpu_runnable(prev) && !s->parked &&
		    may_run_on(prev, cpu_of(sc)) && !(wish(prev, cpu_of(sc)) & READ_ONCE(idle_cpus));

	/* hotplug.c moves what waits here. */
	if (unlikely(!test_bit(&sched_active, cpu_of(sc))))
		return sc->idle;
	queue_relieve(&sc->queue);
	for (best = queue_best(&sc->queue); best; best = queue_best(&sc->queue)) {
		if (vcpu_runnable(vcpu_of(best)) && !park_if_capped(vcpu_of(best)))
			break;
		queue_remove(&sc->queue, best);
	}
	if (stay) {
		if (!queue_preempts(&sc->queue, &s->entity, now - s->slice_start)) {
			if (!queue_left(&s->entity, now - s->slice_start) || s->entity.lapsed)
				s->slice_start = now;
			queue_renew(&s->entity);
			return prev;
		}
		/* Who yields goes behind the one it yields to. */
		if (s->entity.yielded && (s64)((u64)s->entity.vtime - (u64)best->vtime) < 0)
			s->entity.vtime = best->vtime;
	}
	if (!best && steal(sc))
		best = queue_best(&sc->queue);
	if (!best)
		return sc->idle;
	queue_remove(&sc->queue, best);
	return vcpu_of(best);
}

/* @prev's state is saved: it may run elsewhere now. Interrupts off. */
static void finish_switch(struct sched_cpu *sc, struct vcpu *prev)
{
	u64 now;

	spin_lock(&sc->lock);
	now = clock_now();
	atomic_store(&prev->running, false);
	if (!prev->is_idle && !vcpu_runnable(prev)) {
		runstate_change(prev, stopped_state(prev), now);
	} else if (!prev->is_idle && !sched_of(prev)->parked) {
		/* With interrupts off already, sched_place() leaves them so. */
		sched_place(sc, prev, false, 0);
		spin_lock(&sc->lock);
	}
	if (sc->queue.nr && now >= sc->balance_at)
		balance(sc, now);
	arm_slice(sc, now);
	spin_unlock(&sc->lock);
}

/* SOFTIRQ_SCHEDULE. */
static void schedule(void)
{
	struct sched_cpu *sc = &sched_cpus[this_cpu_id()];
	struct vcpu *prev = current, *next;
	u64 flags, now;

	flags = spin_lock_irqsave(&sc->lock);
	now = clock_now();
	account(sc, prev, now);
	next = pick(sc, prev, now);
	if (next == prev) {
		if (prev->is_idle) {
			atomic_set_bit(&idle_cpus, cpu_of(sc));
			invite(cpu_of(sc));
		}
		arm_slice(sc, now);
		spin_unlock_irqrestore(&sc->lock, flags);
		return;
	}

	if (prev->is_idle)
		sc->idle_ns += now - sc->idle_since;
	else
		runstate_change(prev, stopped_state(prev), now);
	if (next->is_idle) {
		sc->idle_since = now;
		atomic_set_bit(&idle_cpus, cpu_of(sc));
		invite(cpu_of(sc));
	} else {
		atomic_clear_bit(&idle_cpus, cpu_of(sc));
		sched_of(next)->slice_start = sched_of(next)->charged = now;
		runstate_change(next, RUNSTATE_running, now);
	}
	sc->curr = next;
	next->running = true;
	spin_unlock(&sc->lock);

	vcpu_switch(prev, next);
	finish_switch(sc, prev);
	insn_irq_restore(flags);
}

static void slice_over(void *arg)
{
	softirq_raise(SOFTIRQ_SCHEDULE);
}

/* Make this CPU known to the scheduler, running its idle vCPU. */
static void cpu_enter(unsigned int cpu)
{
	struct sched_cpu *sc = &sched_cpus[cpu];
	struct vcpu *v = vcpu_alloc(idle_domain, cpu);

	if (!v)
		panic("CPU %u: no memory for its idle vCPU\n", cpu);
	idle_domain->vcpu[cpu] = v;
	v->is_idle = true;
	v->pause_flags = 0;
	v->processor = (u16)cpu;
	v->running = true;
	timer_init(&sc->slice, slice_over, NULL, cpu);
	sc->idle = sc->curr = v;
	sc->idle_since = clock_now();
	current = v;
	atomic_set_bit(&sched_active, cpu);
	atomic_set_bit(&idle_cpus, cpu);
}

void sched_init(void)
{
	unsigned int cpu;

	idle_domain = domain_alloc(DOMID_IDLE_);
	if (!idle_domain)
		panic("no memory for the idle domain\n");
	idle_domain->idle = true;
	idle_domain->max_vcpus = MAX_VCPUS;
	for (cpu = 0; cpu < MAX_CPUS; cpu++) {
		spin_init(&sched_cpus[cpu].lock);
		queue_init(&sched_cpus[cpu].queue);
	}
	softirq_register(SOFTIRQ_SCHEDULE, schedule);
	cpu_enter(this_cpu_id());
}

/*
 * Idle: be online if the scheduler uses this CPU (hotplug.c).  A CPU that is not
 * runs softirqs and answers calls, but nobody asks it any more.
 */
static void follow_active(unsigned int cpu)
{
	if (likely(test_bit(&sched_active, cpu) == test_bit(cpu_online_map, cpu)))
		return;
	if (!test_bit(&sched_active, cpu)) {
		atomic_clear_bit(cpu_online_map, cpu);
		return;
	}
	atomic_set_bit(cpu_online_map, cpu);
	/* Of mappings of our own that changed meanwhile we were not told. */
	tlb_flush_local();
}

void sched_idle_loop(void)
{
	if (unlikely(!current))
		cpu_enter(this_cpu_id());
	for (;;) {
		insn_sti();
		follow_active(this_cpu_id());
		while (!softirq_pending() && alloc_scrub())
			;
		insn_cli();
		if (!softirq_pending())
			insn_sti_hlt();
		insn_sti();
		follow_active(this_cpu_id());
		softirq_run();
		if (!current->is_idle)
			sched_exit_to_guest();
	}
}

u64 sched_idle_time(unsigned int cpu)
{
	struct sched_cpu *sc = &sched_cpus[cpu];
	u64 flags, ns;

	flags = spin_lock_irqsave(&sc->lock);
	ns = sc->idle_ns;
	if (sc->curr && sc->curr->is_idle)
		ns += clock_now() - sc->idle_since;
	spin_unlock_irqrestore(&sc->lock, flags);
	return ns;
}
