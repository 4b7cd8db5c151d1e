/* SPDX-License-Identifier: MIT */
/*
 * The control calls, for proofs that are dom0.
 */
#include "guest.h"

struct xen_domctl domctl_op;
struct xen_sysctl sysctl_op;

long domctl(u32 cmd, u16 domid)
{
	domctl_op.cmd = cmd;
	domctl_op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	domctl_op.domain = domid;
	return hypercall1(__HYPERVISOR_domctl, &domctl_op);
}

long domctl_zero(u32 cmd, u16 domid)
{
	memset(&domctl_op, 0, sizeof(domctl_op));
	return domctl(cmd, domid);
}

long sysctl(u32 cmd)
{
	sysctl_op.cmd = cmd;
	sysctl_op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return hypercall1(__HYPERVISOR_sysctl, &sysctl_op);
}

long sysctl_zero(u32 cmd)
{
	memset(&sysctl_op, 0, sizeof(sysctl_op));
	return sysctl(cmd);
}

void control_template(unsigned int vcpus)
{
	struct xen_domctl_createdomain *c = &domctl_op.u.createdomain;

	memset(&domctl_op, 0, sizeof(domctl_op));
	c->max_vcpus = vcpus;
	c->max_evtchn_port = 1023;
	c->max_grant_frames = 4;
	c->max_maptrack_frames = 4;
	c->grant_opts = 1;
}

long control_create(unsigned int vcpus)
{
	long rc;

	control_template(vcpus);
	rc = domctl(XEN_DOMCTL_createdomain, 0);
	return rc ? rc : domctl_op.domain;
}

long control_destroy(u16 domid)
{
	long rc;

	do {
		rc = domctl_zero(XEN_DOMCTL_destroydomain, domid);
	} while (rc == -GUEST_EAGAIN);
	return rc;
}
