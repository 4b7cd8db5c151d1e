/* SPDX-License-Identifier: MIT */
/*
 * Questions about the machine.
 */
#include "hv/sysctl.h"

#include <errno.h>
#include <string.h>

static struct xen_sysctl *sysctl_begin(struct hv *hv, uint32_t cmd)
{
	struct xen_sysctl *op = hv->op;

	memset(op, 0, sizeof(*op));
	op->cmd = cmd;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return op;
}

static int sysctl_run(struct hv *hv)
{
	int rc = hv_call1(hv, __HYPERVISOR_sysctl, (uintptr_t)hv->op);

	return rc < 0 ? rc : 0;
}

int sysctl_list(struct hv *hv, uint32_t first, struct xen_domctl_getdomaininfo *infos, size_t max)
{
	struct xen_sysctl *op = sysctl_begin(hv, XEN_SYSCTL_getdomaininfolist);
	struct xen_sysctl_getdomaininfolist *l = &op->u.getdomaininfolist;
	size_t room = HV_ARRAY_BYTES / sizeof(*infos);
	uint32_t n;
	int rc;

	if (max > room)
		max = room;
	l->first_domain = (domid_t)first;
	l->max_domains = (uint32_t)max;
	set_xen_guest_handle(l->buffer, (struct xen_domctl_getdomaininfo *)hv->array);
	rc = sysctl_run(hv);
	if (rc)
		return rc;
	n = l->num_domains;
	if (n > max)
		return -EPROTO;
	memcpy(infos, hv->array, n * sizeof(*infos));
	return (int)n;
}

int sysctl_physinfo(struct hv *hv, struct xen_sysctl_physinfo *info)
{
	struct xen_sysctl *op = sysctl_begin(hv, XEN_SYSCTL_physinfo);
	int rc = sysctl_run(hv);

	if (!rc)
		*info = op->u.physinfo;
	return rc;
}

int sysctl_sched_id(struct hv *hv, uint32_t *id)
{
	struct xen_sysctl *op = sysctl_begin(hv, XEN_SYSCTL_sched_id);
	int rc = sysctl_run(hv);

	if (!rc)
		*id = op->u.sched_id.sched_id;
	return rc;
}

int sysctl_cpu_hotplug(struct hv *hv, uint32_t cpu, bool online)
{
	struct xen_sysctl *op = sysctl_begin(hv, XEN_SYSCTL_cpu_hotplug);

	op->u.cpu_hotplug.cpu = cpu;
	op->u.cpu_hotplug.op =
		online ? XEN_SYSCTL_CPU_HOTPLUG_ONLINE : XEN_SYSCTL_CPU_HOTPLUG_OFFLINE;
	return sysctl_run(hv);
}

int sysctl_readconsole(struct hv *hv, char *buf, size_t size, bool clear, uint32_t *index)
{
	struct xen_sysctl *op = sysctl_begin(hv, XEN_SYSCTL_readconsole);
	struct xen_sysctl_readconsole *r = &op->u.readconsole;
	uint32_t n;
	int rc;

	if (size > HV_ARRAY_BYTES)
		size = HV_ARRAY_BYTES;
	r->clear = clear;
	r->incremental = 1;
	r->index = *index;
	r->count = (uint32_t)size;
	set_xen_guest_handle(r->buffer, (char *)hv->array);
	rc = sysctl_run(hv);
	if (rc)
		return rc;
	n = r->count;
	if (n > size)
		return -EPROTO;
	memcpy(buf, hv->array, n);
	*index = r->index;
	return (int)n;
}

/* One text answer of xen_version; an unknown one leaves the text empty. */
static void version_text(struct hv *hv, int cmd, char *out, size_t size)
{
	memset(hv->array, 0, HV_PAGE_SIZE);
	if (hv_call2(hv, __HYPERVISOR_xen_version, (uint64_t)cmd, (uintptr_t)hv->array) < 0) {
		out[0] = '\0';
		return;
	}
	memcpy(out, hv->array, size - 1);
	out[size - 1] = '\0';
}

int hv_version_get(struct hv *hv, struct hv_version *v)
{
	struct xen_compile_info *ci = hv->array;
	int rc;

	memset(v, 0, sizeof(*v));
	rc = hv_call2(hv, __HYPERVISOR_xen_version, XENVER_version, 0);
	if (rc < 0)
		return rc;
	v->major = (unsigned int)rc >> 16;
	v->minor = (unsigned int)rc & 0xffff;

	version_text(hv, XENVER_extraversion, v->extra, sizeof(v->extra));
	version_text(hv, XENVER_capabilities, v->caps, sizeof(v->caps));
	version_text(hv, XENVER_changeset, v->changeset, sizeof(v->changeset));
	version_text(hv, XENVER_commandline, v->cmdline, sizeof(v->cmdline));

	memset(ci, 0, sizeof(*ci));
	if (hv_call2(hv, __HYPERVISOR_xen_version, XENVER_compile_info, (uintptr_t)ci) >= 0) {
		memcpy(v->compiler, ci->compiler, sizeof(v->compiler) - 1);
		memcpy(v->compiled_by, ci->compile_by, sizeof(v->compiled_by) - 1);
		memcpy(v->compile_date, ci->compile_date, sizeof(v->compile_date) - 1);
	}
	rc = hv_call2(hv, __HYPERVISOR_xen_version, XENVER_platform_parameters, (uintptr_t)hv->array);
	if (rc >= 0)
		v->virt_start = ((struct xen_platform_parameters *)hv->array)->virt_start;
	rc = hv_call2(hv, __HYPERVISOR_xen_version, XENVER_pagesize, 0);
	v->page_size = rc > 0 ? (unsigned int)rc : 0;
	return 0;
}
