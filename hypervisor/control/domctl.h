/* SPDX-License-Identifier: MIT */
/*
 * The parts of domctl: each operation is a function on the domain named and
 * the request as copied in.  It returns 0 or -errno; one that answers sets
 * *@answer so that the request is copied back.  A restart is -ERESTART, before
 * which the operation has set no restart arguments: the dispatcher does.
 */
#ifndef CONTROL_DOMCTL_H
#define CONTROL_DOMCTL_H

#include "domain/vcpu.h"

#define DOMCTL(name) long domctl_##name(struct domain *d, struct xen_domctl *op, bool *answer)

/* domctl_life.c */
DOMCTL(createdomain); /* @d is NULL */
DOMCTL(destroydomain);
DOMCTL(pausedomain);
DOMCTL(unpausedomain);
DOMCTL(resumedomain);
DOMCTL(getdomaininfo);
DOMCTL(max_vcpus);
DOMCTL(setdomainhandle);
DOMCTL(settimeoffset);
DOMCTL(subscribe);
DOMCTL(set_address_size);
DOMCTL(get_address_size);
DOMCTL(settscinfo);
DOMCTL(gettscinfo);
DOMCTL(sendtrigger);
/* Shared with sysctl: the public description of a domain. */
void domctl_fill_info(struct domain *d, struct xen_domctl_getdomaininfo *info);

/* cpu_policy.c */
DOMCTL(get_cpu_policy);
DOMCTL(set_cpu_policy);

/* domctl_vcpu.c */
DOMCTL(setvcpucontext);
DOMCTL(getvcpucontext);
DOMCTL(getvcpuinfo);
DOMCTL(vcpuaffinity);
DOMCTL(nodeaffinity);
DOMCTL(scheduler_op);

/* domctl_memory.c */
DOMCTL(max_mem);
DOMCTL(getpageframeinfo3);
DOMCTL(hypercall_init);
DOMCTL(shadow_op);

/* domctl_access.c */
DOMCTL(ioport_permission);
DOMCTL(iomem_permission);
DOMCTL(irq_permission);

/* CPU map at @map to and from one word of bits; false on a bad address. */
bool domctl_put_cpumap(const struct xenctl_bitmap *map, unsigned long bits);
bool domctl_get_cpumap(const struct xenctl_bitmap *map, unsigned long *bits);

#endif
