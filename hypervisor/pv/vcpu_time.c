/* SPDX-License-Identifier: MIT */
/*
 * A vCPU's time: the page from which it computes the time itself, and its two
 * timers, both of which raise VIRQ_TIMER.
 *
 * When the TSCs of all processors agree, every page ever published holds the
 * same (TSC, time) pair.  Two pages then give the same time for the same TSC
 * to the last nanosecond, and a guest that trusts XEN_PVCLOCK_TSC_STABLE_BIT
 * never sees its clock go back, on whichever vCPU it looks.
 */
#include "pv/pv.h"

#include "evtchn/evtchn.h"
#include "time/clock.h"
#include "x86/usercopy.h"

#define NS_PER_MS 1000000ULL
/* A shorter period would be mostly overhead; the peer refuses it as well. */
#define PERIOD_MIN NS_PER_MS
/* Thirty years: beyond it, sums with the present time could overflow. */
#define PERIOD_MAX (30ULL * 365 * 24 * 3600 * 1000 * NS_PER_MS)

/* The common pair while the TSCs agree; written once, before any guest runs. */
static u64 stable_tsc, stable_time;

static void stamp(u64 *tsc, u64 *system_time)
{
	static struct spinlock lock = SPINLOCK_INIT;

	if (!clock_tsc_stable) {
		clock_stamp(tsc, system_time);
		return;
	}
	if (unlikely(!atomic_load(&stable_tsc))) {
		SPIN_HOLD_IRQ(&lock);
		if (!stable_tsc) {
			u64 t;

			clock_stamp(&t, &stable_time);
			atomic_store(&stable_tsc, t);
		}
	}
	*tsc = stable_tsc;
	*system_time = stable_time;
}

static void publish(volatile vcpu_time_info_t *t, u64 tsc, u64 system_time, u32 version)
{
	t->version = version | 1;
	smp_wmb();
	t->tsc_timestamp = tsc;
	t->system_time = system_time;
	t->tsc_to_system_mul = clock_scale.mul;
	t->tsc_shift = clock_scale.shift;
	t->flags = clock_tsc_stable ? XEN_PVCLOCK_TSC_STABLE_BIT : 0;
	smp_wmb();
	t->version = (version | 1) + 1;
}

/* The copy at a guest address: version first, the rest, version last. */
static void publish_area(struct vcpu *v, const vcpu_time_info_t *t)
{
	vcpu_time_info_t copy = *t;
	u64 va = v->time_area.v;
	u32 odd = t->version - 1;

	if (usercopy_to(gaddr(va), &odd, sizeof(odd)))
		return;
	copy.version = odd;
	if (usercopy_to(gaddr(va), &copy, sizeof(copy)))
		return;
	if (usercopy_to(gaddr(va), &t->version, sizeof(odd)))
		return;
}

void vcpu_time_update(struct vcpu *v)
{
	vcpu_time_info_t *page = &v->info->time;
	vcpu_time_info_t own = { 0 };
	u64 tsc, now;

	stamp(&tsc, &now);
	if (page->tsc_timestamp != tsc || page->tsc_to_system_mul != clock_scale.mul)
		publish(page, tsc, now, READ_ONCE(page->version));
	if (unlikely(v->time_area.v)) {
		/* What the guest wrote into its page must not come back from us. */
		publish(&own, tsc, now, READ_ONCE(page->version) & ~1u);
		publish_area(v, &own);
	}
}

static void tick(void *arg)
{
	struct vcpu *v = arg;
	struct vcpu_timer_state *t = &v->timers;
	u64 period = READ_ONCE(t->period), now = clock_now();

	if (!period)
		return;
	t->last_tick += period;
	/* After a long halt, one tick stands for all that were missed. */
	if (t->last_tick + period <= now)
		t->last_tick = now;
	evtchn_send_virq(v, VIRQ_TIMER);
	timer_set(&t->periodic, t->last_tick + period);
}

static void shot(void *arg)
{
	evtchn_send_virq(arg, VIRQ_TIMER);
}

int vcpu_time_create(struct vcpu *v)
{
	timer_init(&v->timers.periodic, tick, v, v->processor);
	timer_init(&v->timers.singleshot, shot, v, v->processor);
	return 0;
}

void vcpu_time_destroy(struct vcpu *v)
{
	timer_kill(&v->timers.periodic);
	timer_kill(&v->timers.singleshot);
}

void vcpu_time_migrate(struct vcpu *v, unsigned int cpu)
{
	if (likely(v->timers.singleshot.cpu == cpu))
		return;
	timer_migrate(&v->timers.periodic, cpu);
	timer_migrate(&v->timers.singleshot, cpu);
}

int vcpu_time_set_periodic(struct vcpu *v, u64 period_ns)
{
	if (period_ns < PERIOD_MIN || period_ns > PERIOD_MAX)
		return -EINVAL;
	timer_stop(&v->timers.periodic);
	v->timers.last_tick = clock_now();
	WRITE_ONCE(v->timers.period, period_ns);
	timer_set(&v->timers.periodic, v->timers.last_tick + period_ns);
	return 0;
}

void vcpu_time_stop_periodic(struct vcpu *v)
{
	WRITE_ONCE(v->timers.period, 0);
	timer_stop(&v->timers.periodic);
}

int vcpu_time_set_singleshot(struct vcpu *v, u64 expires, u32 flags)
{
	if ((flags & VCPU_SSHOTTMR_future) && expires < clock_now())
		return -ETIME;
	timer_set(&v->timers.singleshot, expires);
	return 0;
}

void vcpu_time_stop_singleshot(struct vcpu *v)
{
	timer_stop(&v->timers.singleshot);
}

void vcpu_time_update_wallclock(struct domain *d)
{
	volatile shared_info_t *s = d->shared;
	u32 version = READ_ONCE(d->shared->wc_version), nsec;
	u64 sec;

	clock_wall(&sec, &nsec);
	sec += (u64)d->time_offset;
	s->wc_version = version | 1;
	smp_wmb();
	s->wc_sec = (u32)sec;
	s->wc_nsec = nsec;
	s->wc_sec_hi = (u32)(sec >> 32);
	smp_wmb();
	s->wc_version = (version | 1) + 1;
}
