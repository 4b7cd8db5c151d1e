/* SPDX-License-Identifier: MIT */
/*
 * Domains that work and sleep, to be scheduled.
 *
 * The page shared with one: how long it works and sleeps at a time, then how
 * often a sleep took how long.  With `ICOUNT: yes` a nanosecond of work is an
 * instruction.
 */
#include "guest.h"

enum { WORK = 1, SLEEP, YIELDS, HISTOGRAM = 16 }; /* and ACTOR_ROUNDS */

#define BUCKET_NS 25000
#define BUCKETS	  (2 * (512 - HISTOGRAM)) /* 32 bits each */

static void work(u64 ns)
{
	u64 n = ns / 2;

	__asm__ volatile("1: dec %0; jnz 1b" : "+r"(n)::"cc");
}

/* How often a sleep took so many times BUCKET_NS. */
static volatile u32 *histogram_of(const struct actor *a)
{
	return (volatile u32 *)(a->domu.shared + HISTOGRAM);
}

static void act(volatile u64 *shared, unsigned int vcpu)
{
	volatile u32 *histogram = (volatile u32 *)&shared[HISTOGRAM];
	evtchn_bind_virq_t b = { .virq = VIRQ_TIMER };
	struct vcpu_set_singleshot_timer t = { 0 };

	if (vcpu || !shared[SLEEP])
		for (;;) {
			work(100000);
			if (shared[YIELDS])
				hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
		}
	event_op(EVTCHNOP_bind_virq, &b);
	for (;;) {
		u64 begin = now_ns(), slot;

		/* Lest the event comes, and is gone, before we block, which unmasks. */
		shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
		t.timeout_abs_ns = begin + shared[SLEEP];
		hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &t);
		hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
		slot = (now_ns() - begin) / BUCKET_NS;
		shared[ACTOR_ROUNDS]++;
		histogram[slot < BUCKETS ? slot : BUCKETS - 1]++;
		event_clear(b.port);
		shared_info->vcpu_info[0].evtchn_pending_sel = 0;
		work(shared[WORK]);
	}
}

long actor_set_weight(const struct actor *a)
{
	struct xen_domctl_scheduler_op *s = &domctl_op.u.scheduler_op;

	s->sched_id = XEN_SCHEDULER_CREDIT2;
	s->cmd = XEN_DOMCTL_SCHEDOP_putinfo;
	s->u.credit2.weight = a->weight;
	s->u.credit2.cap = a->cap;
	return domctl(XEN_DOMCTL_scheduler_op, a->domu.id);
}

bool actor_create(struct actor *a)
{
	a->domu.shared = NULL;
	if (domu_create(&a->domu, a->vcpus ? a->vcpus : 1, act))
		return false;
	a->domu.shared[WORK] = a->work_us * 1000;
	a->domu.shared[SLEEP] = a->sleep_us * 1000;
	a->domu.shared[YIELDS] = a->yields;
	return !actor_set_weight(a) && !domu_unpause(&a->domu);
}

u64 actors_run(struct actor *actors, unsigned int n, unsigned int ms)
{
	u64 begin, end;

	for (unsigned int i = 0; i < n; i++)
		if (!actor_create(&actors[i])) {
			check(false, "actor %u is made", i);
			finish();
		}
	sleep_until(now_ns() + 20000000);
	for (unsigned int i = 0; i < n; i++) {
		memset((void *)histogram_of(&actors[i]), 0, BUCKETS * sizeof(u32));
		actors[i].ran = domu_cpu_time(&actors[i].domu);
	}
	begin = now_ns();
	sleep_until(begin + ms * 1000000ULL);
	end = now_ns();
	for (unsigned int i = 0; i < n; i++)
		actors[i].ran = domu_cpu_time(&actors[i].domu) - actors[i].ran;
	return end - begin;
}

u64 actor_slept(const struct actor *a, unsigned int permille)
{
	volatile u32 *histogram = histogram_of(a);
	u64 all = 0, seen = 0;

	for (unsigned int i = 0; i < BUCKETS; i++)
		all += histogram[i];
	for (unsigned int i = 0; i < BUCKETS; i++) {
		seen += histogram[i];
		if (all && seen * 1000 >= all * permille)
			return (i + 1) * BUCKET_NS / 1000;
	}
	return ~0UL;
}

void actors_end(struct actor *actors, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (domu_destroy(&actors[i].domu))
			check(false, "actor %u is destroyed", i);
}
