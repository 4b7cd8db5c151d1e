/* SPDX-License-Identifier: MIT */
/*
 * Taking a domain apart.
 *
 * What ties the domain to others or to its own frames goes first, step by
 * step, each resumable.  Frames that others still map (grants, dom0's foreign
 * mappings) outlive that; the domain stays in the table as a dead one until the
 * last has come home, so that its id is not given away meanwhile.  The
 * structures themselves go with the last reference (create.c).
 */
#include "lifecycle/destroy.h"

#include "domain/shared_info.h"
#include "evtchn/evtchn.h"
#include "evtchn/port.h"
#include "grant/grant.h"
#include "paging/paging.h"
#include "pv/pv.h"
#include "sched/pause.h"

#define BATCH 64

/* Each returns 0 when its work is done, -ERESTART (or -EINTR) to be called again. */
static int stop(struct domain *d)
{
	struct vcpu *v;
	unsigned int i;

	spin_lock(&d->lock);
	d->death = DOMAIN_DYING;
	spin_unlock(&d->lock);
	spin_lock(&d->pool.lock);
	d->pool.dying = true;
	spin_unlock(&d->pool.lock);
	/* Who has begun to allocate a port is through; whoever comes now is refused. */
	spin_lock(&d->evtchn->lock);
	d->evtchn->close_cursor = 0;
	spin_unlock(&d->evtchn->lock);

	pause_domain(d);
	for_each_vcpu (d, v, i) {
		vcpu_time_stop_periodic(v);
		vcpu_time_stop_singleshot(v);
		timer_stop(&v->timers.poll);
	}
	return 0;
}

static int close_ports(struct domain *d)
{
	return evtchn_close_some(d, BATCH) ? 0 : -ERESTART;
}

static int release_grants(struct domain *d)
{
	return grant_release_mappings(d, BATCH) && grant_destroy_domain(d, BATCH) ? 0 : -ERESTART;
}

static int release_pages(struct domain *d)
{
	struct vcpu *v;
	unsigned int i;

	evtchn_release_pages(d);
	for_each_vcpu (d, v, i)
		shared_info_unregister(v);
	return 0;
}

static int (*const steps[])(struct domain *d) = {
	stop, close_ports, release_grants, release_pages, paging_drop_vcpus, paging_relinquish,
};

/* Timer: nothing of it is left in memory. */
static void gone(void *arg)
{
	domain_unpublish(arg);
	evtchn_send_global_virq(VIRQ_DOM_EXC);
}

/* Called by the pool, once or more, when the last frame has gone; any context. */
static void pool_empty(struct frame_pool *pool)
{
	struct domain *d = container_of(pool, struct domain, pool);

	if (atomic_xchg(&d->gone_scheduled, true))
		return;
	timer_init(&d->gone, gone, d, this_cpu_id());
	timer_set(&d->gone, 0);
	softirq_raise(SOFTIRQ_TIMER); /* before who destroyed it can look */
}

static void finish(struct domain *d)
{
	bool empty;

	/* Once more from the start, at the very end: a port may have been bound while the sweep went by. */
	d->evtchn->close_cursor = 0;
	atomic_store(&d->death, DOMAIN_DEAD);
	spin_lock(&d->pool.lock);
	d->pool.released = pool_empty;
	empty = !d->pool.count;
	spin_unlock(&d->pool.lock);
	if (empty)
		pool_empty(&d->pool);
	evtchn_send_global_virq(VIRQ_DOM_EXC);
}

int destroy_domain(struct domain *d)
{
	int rc = 0;

	if (d->hardware || d == current->domain)
		return -EINVAL;
	if (atomic_xchg(&d->destroy_busy, true))
		return -ERESTART;
	while (!rc && d->death != DOMAIN_DEAD) {
		rc = steps[d->destroy_step](d);
		if (!rc && ++d->destroy_step == ARRAY_SIZE(steps))
			finish(d);
		/* A step's batches go on here until someone else wants the CPU. */
		if (rc && !softirq_pending())
			rc = 0;
	}
	atomic_store(&d->destroy_busy, false);
	return rc ? -ERESTART : 0;
}
