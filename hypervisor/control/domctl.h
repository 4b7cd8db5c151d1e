/* SPDX-License-Identifier: MIT */
/*
 * The parts of domctl: each operation is a function on the domain named and
 * the request as copied in.  It returns 0 or -errno; one that answers sets
 * *@answer so that the request is copied back.  A restart is -ERESTART, before
 * which the operation has set no restart arguments: the dispatcher does.
 */
#pragma once

#include "domain/vcpu.h"

#define DOMCTL(name) long domctl_##name(struct domain *d, struct xen_domctl *op, bool *answer)

/* Every operation there is: X(operation, function that does it). */
/* clang-format off */
#define DOMCTLS(X) \
	X(createdomain, createdomain) \
	X(destroydomain, destroydomain) \
	X(pausedomain, pausedomain) \
	X(unpausedomain, unpausedomain) \
	X(resumedomain, resumedomain) \
	X(getdomaininfo, getdomaininfo) \
	X(max_vcpus, max_vcpus) \
	X(max_mem, max_mem) \
	X(setdomainhandle, setdomainhandle) \
	X(settimeoffset, settimeoffset) \
	X(subscribe, subscribe) \
	X(set_address_size, set_address_size) \
	X(get_address_size, get_address_size) \
	X(settscinfo, settscinfo) \
	X(gettscinfo, gettscinfo) \
	X(sendtrigger, sendtrigger) \
	X(get_cpu_policy, get_cpu_policy) \
	X(set_cpu_policy, set_cpu_policy) \
	X(setvcpucontext, setvcpucontext) \
	X(getvcpucontext, getvcpucontext) \
	X(getvcpuinfo, getvcpuinfo) \
	X(setvcpuaffinity, vcpuaffinity) \
	X(getvcpuaffinity, vcpuaffinity) \
	X(setnodeaffinity, nodeaffinity) \
	X(getnodeaffinity, nodeaffinity) \
	X(scheduler_op, scheduler_op) \
	X(getpageframeinfo3, getpageframeinfo3) \
	X(hypercall_init, hypercall_init) \
	X(shadow_op, shadow_op) \
	X(ioport_permission, ioport_permission) \
	X(iomem_permission, iomem_permission) \
	X(irq_permission, irq_permission)
/* clang-format on */
#define DOMCTL_DECLARE(cmd, fn) DOMCTL(fn);
DOMCTLS(DOMCTL_DECLARE)

/* Shared with sysctl: the public description of a domain. */
void domctl_fill_info(struct domain *d, struct xen_domctl_getdomaininfo *info);

/* CPU map at @map to and from one word of bits; false on a bad address. */
bool domctl_put_cpumap(const struct xenctl_bitmap *map, unsigned long bits);
bool domctl_get_cpumap(const struct xenctl_bitmap *map, unsigned long *bits);
