/* SPDX-License-Identifier: MIT */
/*
 * Software timers.
 *
 * The hardware timer is only moved to an earlier time, never to a later one:
 * guests stop and set their timers at every tick, and one interrupt too many
 * costs less than a write to the timer for each of these.
 */
#include "time/timer.h"

#include "platform/lapic.h"
#include "smp/cpus.h"
#include "smp/softirq.h"
#include "time/clock.h"
#include "x86/spinlock.h"

#define NEVER (~0ULL)

struct timer_queue {
	struct spinlock lock; /* irqsave; protects: all below and the timers in the heap */
	struct heap heap;
	struct timer *running; /* its callback runs now */
	u64 programmed;	       /* when the hardware will fire; NEVER if it will not */
	bool closed;	       /* its CPU is out of service: what would go here goes to CPU 0 */
};

static DEFINE_PERCPU(struct timer_queue, timer_queue);

/* Lock the queue of the CPU that @t belongs to; that changes only under the lock. */
static struct timer_queue *lock_queue(struct timer *t, u64 *flags)
{
	for (;;) {
		unsigned int cpu = READ_ONCE(t->cpu);
		struct timer_queue *q = &per_cpu(timer_queue, cpu);

		*flags = spin_lock_irqsave(&q->lock);
		if (unlikely(q->closed) && t->cpu == cpu && !t->slot)
			WRITE_ONCE(t->cpu, 0);
		if (likely(t->cpu == cpu))
			return q;
		spin_unlock_irqrestore(&q->lock, *flags);
	}
}

/* This CPU's queue, locked: have the hardware fire for the first timer, if it would be late. */
static void program(struct timer_queue *q)
{
	u64 now, first = q->heap.min ? q->heap.min->key : NEVER;

	if (first >= q->programmed)
		return;
	now = clock_now();
	q->programmed = first;
	lapic_timer_set(first > now ? first - now : 1);
}

static void remove(struct timer_queue *q, struct timer *t)
{
	if (t->slot) {
		heap_remove(&q->heap, &t->node);
		t->slot = 0;
	}
}

static void insert(struct timer_queue *q, struct timer *t)
{
	t->node.key = t->expires;
	heap_insert(&q->heap, &t->node);
	t->slot = 1;
	if (q->heap.min != &t->node)
		return;
	if (t->cpu == this_cpu_id())
		program(q);
	else
		softirq_raise_on(t->cpu, SOFTIRQ_TIMER);
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg, unsigned int cpu)
{
	*t = (struct timer){ .fn = fn, .arg = arg, .cpu = (u16)cpu };
}

void timer_set(struct timer *t, u64 expires)
{
	u64 flags;
	struct timer_queue *q = lock_queue(t, &flags);

	if (!t->dead) {
		remove(q, t);
		t->expires = expires;
		insert(q, t);
	}
	spin_unlock_irqrestore(&q->lock, flags);
}

void timer_stop(struct timer *t)
{
	u64 flags;
	struct timer_queue *q = lock_queue(t, &flags);

	remove(q, t);
	spin_unlock_irqrestore(&q->lock, flags);
}

void timer_migrate(struct timer *t, unsigned int cpu)
{
	struct timer_queue *q;
	bool active;
	u64 flags;

	if (READ_ONCE(t->cpu) == cpu)
		return;
	/* Out of one queue and into the other, with never two locks held. */
	q = lock_queue(t, &flags);
	active = t->slot;
	remove(q, t);
	WRITE_ONCE(t->cpu, (u16)cpu);
	spin_unlock_irqrestore(&q->lock, flags);
	if (!active)
		return;
	q = lock_queue(t, &flags);
	if (!t->slot && !t->dead)
		insert(q, t);
	spin_unlock_irqrestore(&q->lock, flags);
}

void timer_close(unsigned int cpu, bool closed)
{
	struct timer_queue *q = &per_cpu(timer_queue, cpu), *to = &per_cpu(timer_queue, 0);
	u64 flags = spin_lock_irqsave(&q->lock);

	q->closed = closed;
	while (closed && q->heap.min) {
		struct timer *t = container_of(q->heap.min, struct timer, node);

		/* Both locks, so that nobody finds it in neither; nobody else takes two. */
		spin_lock(&to->lock);
		remove(q, t);
		WRITE_ONCE(t->cpu, 0);
		insert(to, t);
		spin_unlock(&to->lock);
		/* One at a time: there may be many. */
		spin_unlock_irqrestore(&q->lock, flags);
		flags = spin_lock_irqsave(&q->lock);
	}
	spin_unlock_irqrestore(&q->lock, flags);
}

/*
 * Whether @t's callback runs on another CPU; it may have been migrated since it
 * began.  If it runs here, then it is the callback that asks.
 */
static bool is_running(const struct timer *t)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		if (cpu != this_cpu_id() && atomic_load(&per_cpu(timer_queue, cpu).running) == t)
			return true;
	return false;
}

void timer_kill(struct timer *t)
{
	u64 flags;
	struct timer_queue *q = lock_queue(t, &flags);

	remove(q, t);
	t->dead = true;
	spin_unlock_irqrestore(&q->lock, flags);
	while (is_running(t))
		insn_pause();
}

static void timer_softirq(void)
{
	struct timer_queue *q = &this_cpu(timer_queue);
	u64 flags = spin_lock_irqsave(&q->lock);
	u64 now = clock_now();

	/* As many as there are now: one that sets itself to the past must not keep us here. */
	for (u32 n = q->heap.n; n && q->heap.min && q->heap.min->key <= now; n--) {
		struct timer *t = container_of(q->heap.min, struct timer, node);
		void (*fn)(void *) = t->fn;
		void *arg = t->arg;

		remove(q, t);
		atomic_store(&q->running, t);
		spin_unlock_irqrestore(&q->lock, flags);
		fn(arg);
		flags = spin_lock_irqsave(&q->lock);
		atomic_store(&q->running, NULL);
	}
	/* Whatever was programmed has fired, or the softirq came from elsewhere: look anew. */
	q->programmed = NEVER;
	program(q);
	spin_unlock_irqrestore(&q->lock, flags);
}

void timer_init_cpu(void)
{
	static struct cpus_hook hook = { .ap = timer_init_cpu };
	struct timer_queue *q = &this_cpu(timer_queue);

	spin_init(&q->lock);
	q->programmed = NEVER;
	lapic_timer_set(0);
	if (this_cpu_id() == 0) {
		softirq_register(SOFTIRQ_TIMER, timer_softirq);
		cpus_register_hook(&hook);
	}
}
