/* SPDX-License-Identifier: MIT */
/*
 * Bringing a domain and its vCPUs into being.
 */
#include "lifecycle/create.h"

#include "lifecycle/watchdog.h"
#include "lib/string.h"
#include "domain/access.h"
#include "domain/shared_info.h"
#include "evtchn/evtchn.h"
#include "evtchn/fifo.h"
#include "grant/grant.h"
#include "pv/pv.h"
#include "sched/sched.h"
#include "time/clock.h"

static void undo_grant(struct domain *d)
{
	(void)grant_destroy_domain(d, ~0U);
	grant_free_domain(d);
}

/*
 * The layers in order of creation.  Each undo accepts a domain whose own part
 * was never created.  All of this lives until the last reference to the domain
 * has gone; what must go when the domain dies is in destroy.c.
 */
static const struct {
	int (*create)(struct domain *d);
	void (*undo)(struct domain *d);
} domain_parts[] = {
	{ shared_info_create, shared_info_destroy },
	{ access_create, access_destroy },
	{ sched_create_domain, sched_destroy_domain },
	{ evtchn_create_domain, evtchn_destroy_domain },
	{ grant_create_domain, undo_grant },
	{ watchdog_create, watchdog_destroy },
};

static const struct {
	int (*create)(struct vcpu *v);
	void (*undo)(struct vcpu *v);
} vcpu_parts[] = {
	{ sched_create_vcpu, sched_destroy_vcpu },
	{ evtchn_create_vcpu, evtchn_destroy_vcpu },
	{ pv_vcpu_create, pv_vcpu_destroy },
	{ vcpu_time_create, vcpu_time_destroy },
};

static void undo_vcpu(struct vcpu *v, unsigned int parts)
{
	while (parts--)
		vcpu_parts[parts].undo(v);
	vcpu_free(v);
}

static void undo_domain(struct domain *d, unsigned int parts)
{
	while (parts--)
		domain_parts[parts].undo(d);
	domain_free(d);
}

struct domain *create_domain(const struct create_params *p, int *error)
{
	struct domain *d;
	unsigned int i;

	*error = -EINVAL;
	if (p->domid >= DOMID_FIRST_RESERVED || !p->max_vcpus || p->max_vcpus > MAX_VCPUS)
		return NULL;
	*error = -ENOMEM;
	d = domain_alloc(p->domid);
	if (!d)
		return NULL;
	d->privileged = p->privileged;
	d->hardware = p->hardware;
	d->max_vcpus = p->max_vcpus;
	d->max_evtchn_port = p->max_evtchn_port ? p->max_evtchn_port : ~0U;
	d->max_grant_frames = p->max_grant_frames;
	d->max_maptrack_frames = p->max_maptrack_frames;
	d->ssidref = p->ssidref;
	memcpy(d->uuid, p->uuid, sizeof(d->uuid));
	d->controller_paused = 1;
	d->pause_count = 1;

	for (i = 0; i < ARRAY_SIZE(domain_parts); i++) {
		*error = domain_parts[i].create(d);
		if (*error) {
			undo_domain(d, i);
			return NULL;
		}
	}
	*error = domain_publish(d);
	if (*error) {
		undo_domain(d, i);
		return NULL;
	}
	if (d->hardware)
		domain_dom0 = d;
	/* The table's reference keeps it; the caller has none of its own. */
	domain_put(d);
	return d;
}

int create_vcpu(struct domain *d, unsigned int id)
{
	struct vcpu *v;
	unsigned int i;
	int rc;

	if (id >= d->max_vcpus)
		return -EINVAL;
	if (d->vcpu[id])
		return -EEXIST;
	v = vcpu_alloc(d, id);
	if (!v)
		return -ENOMEM;
	shared_info_init_vcpu(v);
	for (i = 0; i < ARRAY_SIZE(vcpu_parts); i++) {
		rc = vcpu_parts[i].create(v);
		if (rc) {
			undo_vcpu(v, i);
			return rc;
		}
	}
	atomic_store(&d->vcpu[id], v);
	return 0;
}

#define RELEASE_PAGES 64     /* at once; a vCPU counts for eight */
#define RELEASE_PAUSE 100000 /* ns from one round to the next */

/* Some of what is left of @d; true when it was the rest. */
static bool release_some(struct domain *d)
{
	unsigned int i, n = RELEASE_PAGES;

	if (!evtchn_close_some(d, 16 * RELEASE_PAGES))
		return false;
	for (i = d->max_vcpus; i-- > 0;) {
		if (!d->vcpu[i])
			continue;
		if (n < 8)
			return false;
		n -= 8;
		undo_vcpu(d->vcpu[i], ARRAY_SIZE(vcpu_parts));
		d->vcpu[i] = NULL;
	}
	if (!evtchn_free_some(d, n) || !grant_free_some(d, n))
		return false;
	undo_domain(d, ARRAY_SIZE(domain_parts));
	return true;
}

static void release_again(void *d)
{
	domain_release(d);
}

void domain_release(struct domain *d)
{
	if (release_some(d))
		return;
	timer_init(&d->release, release_again, d, this_cpu_id());
	timer_set(&d->release, clock_now() + RELEASE_PAUSE);
}
