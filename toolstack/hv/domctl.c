/* SPDX-License-Identifier: MIT */
/*
 * Operations on one domain.
 */
#include "hv/domctl.h"

#include <errno.h>
#include <string.h>

/* A cleared operation, ready to be filled in. */
static struct xen_domctl *domctl_begin(struct hv *hv, uint32_t cmd, uint32_t domid)
{
	struct xen_domctl *op = hv->op;

	memset(op, 0, sizeof(*op));
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = (domid_t)domid;
	return op;
}

static int domctl_run(struct hv *hv)
{
	int rc = hv_call1(hv, __HYPERVISOR_domctl, (uintptr_t)hv->op);

	return rc < 0 ? rc : 0;
}

static int domctl_simple(struct hv *hv, uint32_t cmd, uint32_t domid)
{
	domctl_begin(hv, cmd, domid);
	return domctl_run(hv);
}

int domctl_create(struct hv *hv, const uint8_t uuid[16], uint32_t max_vcpus, uint32_t *domid)
{
	/* An invalid id asks for the next free one. */
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_createdomain, DOMID_INVALID);
	struct xen_domctl_createdomain *c = &op->u.createdomain;
	int rc;

	memcpy(c->handle, uuid, sizeof(c->handle));
	c->max_vcpus = max_vcpus;
	/* 1023 is what xl gives: the 2-level limit of a 32-bit guest, and plenty. */
	c->max_evtchn_port = 1023;
	c->max_grant_frames = -1;
	c->max_maptrack_frames = -1;
	/* Version 1: smaller tables, and no status frames to get wrong. */
	c->grant_opts = XEN_DOMCTL_GRANT_version(1);

	rc = domctl_run(hv);
	if (rc)
		return rc;
	*domid = op->domain;

	op = domctl_begin(hv, XEN_DOMCTL_max_vcpus, *domid);
	op->u.max_vcpus.max = max_vcpus;
	rc = domctl_run(hv);
	if (rc)
		domctl_destroy(hv, *domid);
	return rc;
}

int domctl_destroy(struct hv *hv, uint32_t domid)
{
	int rc;

	/* Teardown is preemptible; some versions ask the caller to go on. */
	do {
		rc = domctl_simple(hv, XEN_DOMCTL_destroydomain, domid);
	} while (rc == -EAGAIN || rc == -ERESTART || rc == -EINTR);
	return rc;
}

int domctl_pause(struct hv *hv, uint32_t domid)
{
	return domctl_simple(hv, XEN_DOMCTL_pausedomain, domid);
}

int domctl_unpause(struct hv *hv, uint32_t domid)
{
	return domctl_simple(hv, XEN_DOMCTL_unpausedomain, domid);
}

int domctl_max_mem(struct hv *hv, uint32_t domid, uint64_t kib)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_max_mem, domid);

	op->u.max_mem.max_memkb = kib;
	return domctl_run(hv);
}

int domctl_info(struct hv *hv, uint32_t domid, struct xen_domctl_getdomaininfo *info)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_getdomaininfo, domid);
	int rc = domctl_run(hv);

	if (rc)
		return rc;
	/* Asked for a missing id, some versions answer with the next one. */
	if (op->u.getdomaininfo.domain != domid)
		return -ESRCH;
	*info = op->u.getdomaininfo;
	return 0;
}

int domctl_set_context(struct hv *hv, uint32_t domid, uint32_t vcpu, const vcpu_guest_context_t *ctxt)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_setvcpucontext, domid);

	_Static_assert(sizeof(*ctxt) <= HV_ARRAY_BYTES, "context fits the array area");
	memcpy(hv->array, ctxt, sizeof(*ctxt));
	op->u.vcpucontext.vcpu = vcpu;
	set_xen_guest_handle(op->u.vcpucontext.ctxt, (vcpu_guest_context_t *)hv->array);
	return domctl_run(hv);
}

int domctl_get_context(struct hv *hv, uint32_t domid, uint32_t vcpu, vcpu_guest_context_t *ctxt)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_getvcpucontext, domid);
	int rc;

	op->u.vcpucontext.vcpu = vcpu;
	set_xen_guest_handle(op->u.vcpucontext.ctxt, (vcpu_guest_context_t *)hv->array);
	rc = domctl_run(hv);
	if (!rc)
		memcpy(ctxt, hv->array, sizeof(*ctxt));
	return rc;
}

int domctl_trigger(struct hv *hv, uint32_t domid, uint32_t what, uint32_t vcpu)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_sendtrigger, domid);

	op->u.sendtrigger.trigger = what;
	op->u.sendtrigger.vcpu = vcpu;
	return domctl_run(hv);
}

int domctl_hypercall_page(struct hv *hv, uint32_t domid, uint64_t mfn)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_hypercall_init, domid);

	op->u.hypercall_init.gmfn = mfn;
	return domctl_run(hv);
}

int domctl_vcpu_info(struct hv *hv, uint32_t domid, uint32_t vcpu, struct xen_domctl_getvcpuinfo *info)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_getvcpuinfo, domid);
	int rc;

	op->u.getvcpuinfo.vcpu = vcpu;
	rc = domctl_run(hv);
	if (rc)
		return rc;
	*info = op->u.getvcpuinfo;
	return 0;
}

/* Both directions, both kinds: the array area carries the bitmap. */
static int domctl_affinity(struct hv *hv, uint32_t cmd, uint32_t domid, uint32_t vcpu, uint32_t kind)
{
	struct xen_domctl *op = domctl_begin(hv, cmd, domid);
	struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
	struct xenctl_bitmap *map = kind == XEN_VCPUAFFINITY_HARD ? &a->cpumap_hard : &a->cpumap_soft;

	a->vcpu = vcpu;
	a->flags = kind;
	map->nr_bits = HV_MAX_CPUS;
	set_xen_guest_handle(map->bitmap, (uint8_t *)hv->array);
	return domctl_run(hv);
}

int domctl_get_affinity(struct hv *hv, uint32_t domid, uint32_t vcpu, uint32_t kind,
			struct hv_cpuset *set)
{
	int rc;

	memset(hv->array, 0, sizeof(*set));
	rc = domctl_affinity(hv, XEN_DOMCTL_getvcpuaffinity, domid, vcpu, kind);
	if (!rc)
		memcpy(set, hv->array, sizeof(*set));
	return rc;
}

int domctl_set_affinity(struct hv *hv, uint32_t domid, uint32_t vcpu, uint32_t kind,
			const struct hv_cpuset *set)
{
	memcpy(hv->array, set, sizeof(*set));
	return domctl_affinity(hv, XEN_DOMCTL_setvcpuaffinity, domid, vcpu, kind);
}

int domctl_set_sched(struct hv *hv, uint32_t domid, uint32_t sched_id, uint16_t weight, uint16_t cap)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_scheduler_op, domid);
	struct xen_domctl_scheduler_op *s = &op->u.scheduler_op;

	s->sched_id = sched_id;
	s->cmd = XEN_DOMCTL_SCHEDOP_putinfo;
	switch (sched_id) {
	case XEN_SCHEDULER_CREDIT:
		s->u.credit.weight = weight;
		s->u.credit.cap = cap;
		break;
	case XEN_SCHEDULER_CREDIT2:
		s->u.credit2.weight = weight;
		s->u.credit2.cap = cap;
		break;
	default: return -EOPNOTSUPP;
	}
	return domctl_run(hv);
}

int domctl_get_sched(struct hv *hv, uint32_t domid, uint32_t sched_id, uint16_t *weight, uint16_t *cap)
{
	struct xen_domctl *op = domctl_begin(hv, XEN_DOMCTL_scheduler_op, domid);
	struct xen_domctl_scheduler_op *s = &op->u.scheduler_op;
	int rc;

	s->sched_id = sched_id;
	s->cmd = XEN_DOMCTL_SCHEDOP_getinfo;
	if (sched_id != XEN_SCHEDULER_CREDIT && sched_id != XEN_SCHEDULER_CREDIT2)
		return -EOPNOTSUPP;
	rc = domctl_run(hv);
	/* credit's two are in the same places. */
	*weight = s->u.credit2.weight;
	*cap = s->u.credit2.cap;
	return rc;
}
