/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 creates domains, learns of them, pauses, ends them; what it asks wrongly is an error.
 * Attack: bad versions, ids, flags and counts; dom0 itself as the target.
 * Defence: everything is checked before a domain exists; dom0 cannot stop itself.
 *
 * Proves: domctl.XEN_DOMCTL_createdomain ok refused
 * Proves: domctl.XEN_DOMCTL_max_vcpus ok refused
 * Proves: domctl.XEN_DOMCTL_getdomaininfo ok refused
 * Proves: domctl.XEN_DOMCTL_pausedomain ok refused
 * Proves: domctl.XEN_DOMCTL_unpausedomain ok refused
 * Proves: domctl.XEN_DOMCTL_resumedomain ok refused
 * Proves: domctl.XEN_DOMCTL_destroydomain ok refused
 * Proves: domctl.XEN_DOMCTL_setdomainhandle ok refused
 * Proves: domctl.XEN_DOMCTL_soft_reset refused
 */
#include "guest.h"

#define CREATE domctl_op.u.createdomain

/* Ask for a domain with one field that is not as it should be. */
#define refused(error, field, value, what)                                               \
	do {                                                                             \
		control_template(1);                                                     \
		CREATE.field = (value);                                                  \
		check_is(domctl(XEN_DOMCTL_createdomain, 0), -(error), "created " what); \
	} while (0)

static void create(void)
{
	long d, again;

	refused(GUEST_EINVAL, flags, XEN_DOMCTL_CDF_hap, "with HAP");
	refused(GUEST_EINVAL, flags, XEN_DOMCTL_CDF_iommu, "with an IOMMU");
	refused(GUEST_EINVAL, flags, XEN_DOMCTL_CDF_nested_virt, "nested");
	refused(GUEST_EINVAL, flags, XEN_DOMCTL_CDF_vpmu, "with counters");
	refused(GUEST_EINVAL, flags, 1U << 20, "with an unknown flag");
	refused(GUEST_EINVAL, iommu_opts, 1, "with IOMMU options");
	refused(GUEST_EINVAL, max_vcpus, 0, "with no vCPU");
	refused(GUEST_EINVAL, max_vcpus, 100000, "with 100000 vCPUs");
	refused(GUEST_EINVAL, max_grant_frames, 0, "without grant frames");
	refused(GUEST_EINVAL, max_grant_frames, 1000, "with 1000 grant frames");
	refused(GUEST_EINVAL, max_maptrack_frames, 1025, "with 1025 maptrack frames");
	refused(GUEST_EINVAL, grant_opts, 0, "with grants of version 0");
	refused(GUEST_EINVAL, grant_opts, 17, "with an unknown grant option");
	refused(GUEST_EINVAL, vmtrace_size, 4096, "with a trace");
	refused(GUEST_EINVAL, arch.misc_flags, 2, "with an unknown flag of x86");
	refused(GUEST_EOPNOTSUPP, arch.emulation_flags, 1, "with a local APIC");

	control_template(1);
	domctl_op.cmd = XEN_DOMCTL_createdomain;
	domctl_op.interface_version = 0x14;
	check_is(hypercall1(__HYPERVISOR_domctl, &domctl_op), -GUEST_EACCES, "by an old version");
	if (on_lamina()) {
		/* From 4.19 on there is a word more in front of vmtrace_size. */
		control_template(1);
		domctl_op.cmd = XEN_DOMCTL_createdomain;
		domctl_op.interface_version = 0x17;
		CREATE.vmtrace_size = 0;
		CREATE.cpupool_id = 4096; /* where it has vmtrace_size */
		check_is(hypercall1(__HYPERVISOR_domctl, &domctl_op), -GUEST_EINVAL,
			 "by 4.19's, with a trace");
		CREATE.cpupool_id = 0;
		check_is(hypercall1(__HYPERVISOR_domctl, &domctl_op), 0, "by 4.19's");
		check_is(control_destroy(domctl_op.domain), 0, "destroyed");
	}
	control_template(2);
	check(domctl(XEN_DOMCTL_createdomain, 77) == 0 && domctl_op.domain == 77,
	      "a number of one's choice");
	control_template(2);
	check_is(domctl(XEN_DOMCTL_createdomain, 77), -GUEST_EEXIST, "the same number again");
	check_is(control_destroy(77), 0, "destroyed");
	d = control_create(1);
	control_destroy(d);
	again = control_create(1);
	check(d > 0 && again > d, "a number does not come back at once");
	control_destroy(again);
	control_template(1);
	CREATE.flags = XEN_DOMCTL_CDF_xs_domain;
	CREATE.max_grant_frames = CREATE.max_maptrack_frames = -1;
	check_is(domctl(XEN_DOMCTL_createdomain, DOMID_SELF), 0,
		 "with limits left to the hypervisor");
	control_destroy(domctl_op.domain);
}

static long vcpus(u16 d, u32 n)
{
	memset(&domctl_op, 0, sizeof(domctl_op));
	domctl_op.u.max_vcpus.max = n;
	return domctl(XEN_DOMCTL_max_vcpus, d);
}

static void life(void)
{
	const struct xen_domctl_getdomaininfo *info = &domctl_op.u.getdomaininfo;
	long d = control_create(2), n;

	check_is(vcpus(d, 0), -GUEST_EINVAL, "no vCPUs");
	check_is(vcpus(d, 3), -GUEST_EINVAL, "more vCPUs than it was created for");
	check_is(vcpus(d, 2), 0, "max_vcpus");
	check_is(vcpus(d, 2), 0, "again");
	check_is(vcpus(0, 1), -GUEST_EINVAL, "one's own");
	check_is(vcpus(999, 1), -GUEST_ESRCH, "of no domain");

	memset(&domctl_op, 0, sizeof(domctl_op));
	domctl_op.u.setdomainhandle.handle[3] = 0x5a;
	check_is(domctl(XEN_DOMCTL_setdomainhandle, d), 0, "setdomainhandle");
	check_is(domctl_zero(XEN_DOMCTL_setdomainhandle, 999), -GUEST_ESRCH, "of no domain");
	memset(&domctl_op, 0xaa, sizeof(domctl_op));
	check_is(domctl(XEN_DOMCTL_getdomaininfo, d), 0, "getdomaininfo");
	check(info->domain == d && info->handle[3] == 0x5a && !info->pad1 && !info->pad2[3],
	      "it is the right one's");
	check(info->max_vcpu_id == 1 && info->nr_online_vcpus == 0 && info->tot_pages == 0,
	      "two vCPUs, none of them up, no memory");
	check((info->flags & 0xffff & ~XEN_DOMINF_xs_domain) == XEN_DOMINF_paused, "paused: %x",
	      info->flags);
	check_is(domctl_zero(XEN_DOMCTL_getdomaininfo, 999), -GUEST_ESRCH, "of no domain");

	/* Created paused once; pauses are counted. */
	check_is(domctl_zero(XEN_DOMCTL_pausedomain, d), 0, "pausedomain");
	for (n = 0; domctl_zero(XEN_DOMCTL_unpausedomain, d) == 0;)
		n++;
	check_is(n, 2, "unpausedomain, as often as it was paused");
	check_is(domctl_zero(XEN_DOMCTL_unpausedomain, d), -GUEST_EINVAL, "not more often");
	domctl_zero(XEN_DOMCTL_getdomaininfo, d);
	check(!(info->flags & XEN_DOMINF_paused), "it is not paused");
	check_is(domctl_zero(XEN_DOMCTL_pausedomain, 0), -GUEST_EINVAL, "dom0 pauses itself");
	check_is(domctl_zero(XEN_DOMCTL_unpausedomain, 0), -GUEST_EINVAL, "dom0 unpauses itself");
	check_is(domctl_zero(XEN_DOMCTL_pausedomain, 999), -GUEST_ESRCH, "a pause of no domain");
	check_is(domctl_zero(XEN_DOMCTL_unpausedomain, 999), -GUEST_ESRCH, "an end of it");

	check_is(domctl_zero(XEN_DOMCTL_resumedomain, d), 0, "resumedomain of one that runs");
	check_is(domctl_zero(XEN_DOMCTL_resumedomain, 0), -GUEST_EINVAL, "of dom0");
	check_is(domctl_zero(XEN_DOMCTL_resumedomain, 999), -GUEST_ESRCH, "of no domain");
	/* A PV domain cannot be reset; Lamina has no domain that can. */
	check(domctl_zero(XEN_DOMCTL_soft_reset, d) == (on_lamina() ? -GUEST_ENOSYS : -GUEST_EINVAL),
	      "soft_reset is refused");

	check_is(domctl_zero(XEN_DOMCTL_destroydomain, 0), -GUEST_EINVAL, "dom0's end");
	check_is(domctl_zero(XEN_DOMCTL_destroydomain, 999), -GUEST_ESRCH, "the end of no domain");
	check_is(control_destroy(d), 0, "destroydomain");
	check_is(domctl_zero(XEN_DOMCTL_getdomaininfo, d), -GUEST_ESRCH, "nothing is left of it");
	check_is(domctl_zero(XEN_DOMCTL_destroydomain, d), -GUEST_ESRCH, "nothing to destroy");
}

void proof(void)
{
	u64 free;

	/* The first one fills the hypervisor's caches. */
	control_destroy(control_create(1));
	sysctl_zero(XEN_SYSCTL_physinfo);
	free = sysctl_op.u.physinfo.free_pages;
	create();
	life();
	sysctl_zero(XEN_SYSCTL_physinfo);
	check(sysctl_op.u.physinfo.free_pages + (on_lamina() ? 8 : 64) >= free,
	      "memory: %lu free, %lu at first", sysctl_op.u.physinfo.free_pages, free);
	check_is(hypercall1(__HYPERVISOR_domctl, 0xdead0000), -GUEST_EFAULT, "a call from nowhere");
	check_is(domctl_zero(6, 0), -GUEST_ENOSYS, "an operation that is no more");
}
