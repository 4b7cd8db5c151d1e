/* SPDX-License-Identifier: MIT */
/*
 * The parts of domctl: each operation is a function on the domain named and
 * the request as copied in.  It returns 0 or -errno; the request
 * of one that answers is copied back, changed or not.  A restart is -ERESTART,
 * before which the operation has set no restart arguments: the dispatcher does.
 */
#pragma once

#include "domain/vcpu.h"

#define DOMCTL(name) long domctl_##name(struct domain *d, struct xen_domctl *op)

/* Every operation there is: X(operation, function that does it, whether the request is copied back). */
/* clang-format off */
#define DOMCTLS(X) \
	X(createdomain, createdomain, true) \
	X(destroydomain, destroydomain, false) \
	X(pausedomain, pausedomain, false) \
	X(unpausedomain, unpausedomain, false) \
	X(resumedomain, resumedomain, false) \
	X(getdomaininfo, getdomaininfo, true) \
	X(max_vcpus, max_vcpus, false) \
	X(max_mem, max_mem, false) \
	X(setdomainhandle, setdomainhandle, false) \
	X(settimeoffset, settimeoffset, false) \
	X(subscribe, subscribe, false) \
	X(set_address_size, set_address_size, false) \
	X(get_address_size, get_address_size, true) \
	X(settscinfo, settscinfo, false) \
	X(gettscinfo, gettscinfo, true) \
	X(sendtrigger, sendtrigger, false) \
	X(get_cpu_policy, get_cpu_policy, true) \
	X(set_cpu_policy, set_cpu_policy, true) \
	X(setvcpucontext, setvcpucontext, false) \
	X(getvcpucontext, getvcpucontext, false) \
	X(getvcpuinfo, getvcpuinfo, true) \
	X(setvcpuaffinity, vcpuaffinity, false) \
	X(getvcpuaffinity, vcpuaffinity, false) \
	X(setnodeaffinity, nodeaffinity, false) \
	X(getnodeaffinity, nodeaffinity, false) \
	X(scheduler_op, scheduler_op, true) \
	X(getpageframeinfo3, getpageframeinfo3, false) \
	X(hypercall_init, hypercall_init, false) \
	X(shadow_op, shadow_op, false) \
	X(ioport_permission, ioport_permission, false) \
	X(iomem_permission, iomem_permission, false) \
	X(irq_permission, irq_permission, false)
/* clang-format on */
#define DOMCTL_DECLARE(cmd, fn, answers) DOMCTL(fn);
DOMCTLS(DOMCTL_DECLARE)

/* Shared with sysctl: the public description of a domain. */
void domctl_fill_info(struct domain *d, struct xen_domctl_getdomaininfo *info);

/* CPU map at @map to and from one word of bits; false on a bad address. */
bool domctl_put_cpumap(const struct xenctl_bitmap *map, unsigned long bits);
bool domctl_get_cpumap(const struct xenctl_bitmap *map, unsigned long *bits);
