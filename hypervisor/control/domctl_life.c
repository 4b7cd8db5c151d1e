/* SPDX-License-Identifier: MIT */
/*
 * domctl: a domain's birth, pauses, description and death.
 */
#include "control/domctl.h"
#include "hypercall/preempt.h"
#include "lib/string.h"
#include "lifecycle/create.h"
#include "lifecycle/destroy.h"
#include "lifecycle/shutdown.h"
#include "pv/pv.h"
#include "sched/pause.h"
#include "time/clock.h"

#define DOMCTL_GRANT_FRAMES    64
#define DOMCTL_MAPTRACK_FRAMES 1024

static bool domctl_create_ok(const struct xen_domctl_createdomain *c)
{
	/* xs_domain says what a domain is for; oos_off means nothing to a PV domain. */
	const u32 flags = XEN_DOMCTL_CDF_xs_domain | XEN_DOMCTL_CDF_oos_off;

	return !(c->flags & ~flags) && !c->iommu_opts && c->grant_opts == 1 && !c->vmtrace_size &&
	       c->max_vcpus >= 1 && c->max_vcpus <= MAX_VCPUS && !c->cpupool_id &&
	       c->max_grant_frames && c->max_grant_frames <= DOMCTL_GRANT_FRAMES &&
	       c->max_maptrack_frames <= DOMCTL_MAPTRACK_FRAMES &&
	       !(c->arch.misc_flags & ~XEN_X86_MSR_RELAXED);
}

/*
 * Where to look for the next free id: behind the last one given.  An id that
 * comes back at once would meet what others still keep of its former bearer.
 */
static u16 domctl_last_id;

DOMCTL(createdomain)
{
	const struct xen_domctl_createdomain *c = &op->u.createdomain;
	struct create_params p = { 0 };
	int rc;

	if (!domctl_create_ok(c))
		return -EINVAL;
	if (c->arch.emulation_flags)
		return -EOPNOTSUPP;
	p.domid = op->domain;
	if (p.domid == 0 || p.domid >= DOMID_FIRST_RESERVED) {
		p.domid = domain_free_id(READ_ONCE(domctl_last_id) + 1);
		if (!p.domid)
			return -ENOMEM;
	}
	p.max_vcpus = c->max_vcpus;
	p.max_evtchn_port = c->max_evtchn_port;
	p.max_grant_frames = c->max_grant_frames < 0 ? DOMCTL_GRANT_FRAMES : (u32)c->max_grant_frames;
	p.max_maptrack_frames =
		c->max_maptrack_frames < 0 ? DOMCTL_MAPTRACK_FRAMES : (u32)c->max_maptrack_frames;
	p.ssidref = c->ssidref;
	memcpy(p.uuid, c->handle, sizeof(p.uuid));
	d = create_domain(&p, &rc);
	if (!d)
		return rc;
	WRITE_ONCE(domctl_last_id, d->id);
	op->domain = d->id;
	return 0;
}

DOMCTL(destroydomain)
{
	if (d == current->domain || d == domain_dom0)
		return -EINVAL;
	return destroy_domain(d);
}

DOMCTL(pausedomain)
{
	return d == current->domain ? -EINVAL : pause_by_controller(d);
}

DOMCTL(unpausedomain)
{
	return pause_undo_by_controller(d);
}

DOMCTL(resumedomain)
{
	return d == current->domain ? -EINVAL : shutdown_resume(d);
}

static u32 domctl_flags(struct domain *d, u32 *online, u64 *cpu_time)
{
	bool running = false, blocked = true;
	struct vcpu *v;
	unsigned int i;
	u32 flags = 0;

	*online = 0;
	*cpu_time = 0;
	for_each_vcpu (d, v, i) {
		u32 pf = READ_ONCE(v->pause_flags);

		*cpu_time += sched_vcpu_time(v);
		if (pf & (1U << VCPU_DOWN))
			continue;
		++*online;
		running |= READ_ONCE(v->running);
		if (!(pf & (1U << VCPU_BLOCKED | 1U << VCPU_POLLING)))
			blocked = false;
	}
	if (d->death == DOMAIN_DEAD || d->death == DOMAIN_DYING)
		flags |= XEN_DOMINF_dying;
	if (d->is_shut_down)
		flags |= XEN_DOMINF_shutdown | d->shutdown_code << XEN_DOMINF_shutdownshift;
	if (d->controller_paused)
		flags |= XEN_DOMINF_paused;
	if (blocked && *online)
		flags |= XEN_DOMINF_blocked;
	if (running)
		flags |= XEN_DOMINF_running;
	return flags;
}

void domctl_fill_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
	u32 online;
	u64 cpu_time;

	memset(info, 0, sizeof(*info));
	info->domain = d->id;
	info->flags = domctl_flags(d, &online, &cpu_time);
	info->tot_pages = d->pool.count;
	info->max_pages = d->pool.max;
	info->outstanding_pages = d->claim;
	info->shared_info_frame = d->shared_mfn.v;
	info->cpu_time = cpu_time;
	info->nr_online_vcpus = online;
	info->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
	for (unsigned int i = 0; i < d->max_vcpus; i++)
		if (d->vcpu[i])
			info->max_vcpu_id = i;
	info->ssidref = d->ssidref;
	memcpy(info->handle, d->uuid, sizeof(info->handle));
	info->gpaddr_bits = 52;
}

/* The first domain with this id or a higher one, as the tools' listing wants. */
DOMCTL(getdomaininfo)
{
	d = domain_next(op->domain);
	if (!d)
		return -ESRCH;
	domctl_fill_info(d, &op->u.getdomaininfo);
	op->domain = d->id;
	domain_put(d);
	return 0;
}

DOMCTL(max_vcpus)
{
	u32 max = op->u.max_vcpus.max;

	if (d == current->domain || max != d->max_vcpus)
		return -EINVAL;
	for (u32 i = 0; i < max; i++) {
		int rc = d->vcpu[i] ? 0 : create_vcpu(d, i);

		if (rc)
			return rc;
		if (i + 1 < max && preempt_needed())
			return -ERESTART;
	}
	return 0;
}

DOMCTL(setdomainhandle)
{
	memcpy(d->uuid, op->u.setdomainhandle.handle, sizeof(d->uuid));
	return 0;
}

DOMCTL(settimeoffset)
{
	d->time_offset = op->u.settimeoffset.time_offset_seconds;
	vcpu_time_update_wallclock(d);
	return 0;
}

DOMCTL(subscribe)
{
	d->suspend_evtchn = (u16)op->u.subscribe.port;
	return 0;
}

DOMCTL(set_address_size)
{
	u32 size = op->u.address_size.size;

	return size == 64 ? 0 : size == 32 ? -EOPNOTSUPP : -EINVAL;
}

DOMCTL(get_address_size)
{
	op->u.address_size.size = 64;
	return 0;
}

/* The TSC is never emulated: mode 0 (default) and 2 (never) are what we do. */
DOMCTL(settscinfo)
{
	if (d == current->domain || op->u.tsc_info.tsc_mode > 2)
		return -EINVAL;
	if (op->u.tsc_info.tsc_mode == 1)
		return -EOPNOTSUPP;
	d->tsc_mode = op->u.tsc_info.tsc_mode;
	return 0;
}

DOMCTL(gettscinfo)
{
	memset(&op->u.tsc_info, 0, sizeof(op->u.tsc_info));
	op->u.tsc_info.tsc_mode = d->tsc_mode;
	op->u.tsc_info.gtsc_khz = (u32)clock_tsc_khz;
	op->u.tsc_info.elapsed_nsec = clock_now();
	return 0;
}

DOMCTL(sendtrigger)
{
	struct vcpu *v = domain_vcpu(d, op->u.sendtrigger.vcpu);

	if (!v)
		return -ESRCH;
	if (op->u.sendtrigger.trigger != XEN_DOMCTL_SENDTRIGGER_NMI)
		return op->u.sendtrigger.trigger > XEN_DOMCTL_SENDTRIGGER_INIT ? -EINVAL : -ENOSYS;
	if (atomic_xchg(&v->nmi_pending, true))
		return 0;
	sched_wake(v);
	return 0;
}
