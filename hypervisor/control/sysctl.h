/* SPDX-License-Identifier: MIT */
/*
 * The parts of sysctl; see domctl.h for the convention.
 */
#ifndef CONTROL_SYSCTL_H
#define CONTROL_SYSCTL_H

#include "abi/abi.h"

#define SYSCTL(name) long sysctl_##name(struct xen_sysctl *op, bool *answer)

/* sysctl_host.c */
SYSCTL(physinfo);
SYSCTL(cputopoinfo);
SYSCTL(numainfo);
SYSCTL(pcitopoinfo);
SYSCTL(availheap);
SYSCTL(getcpuinfo);
SYSCTL(readconsole);
SYSCTL(debug_keys);

/* sysctl_domains.c */
SYSCTL(getdomaininfolist);
SYSCTL(sched_id);
SYSCTL(scheduler_op);
SYSCTL(cpupool_op);

/* cpu_policy.c */
SYSCTL(get_cpu_policy);
SYSCTL(get_cpu_featureset);
SYSCTL(get_cpu_levelling_caps);
/* Word @i of feature bits (below CPUID_WORDS) of the machine (@host) or of a new domain. */
u32 cpu_policy_word(bool host, u32 i);

#endif
