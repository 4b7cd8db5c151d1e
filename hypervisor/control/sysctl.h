/* SPDX-License-Identifier: MIT */
/*
 * The parts of sysctl; see domctl.h for the convention.
 */
#pragma once

#include "abi/abi.h"

#define SYSCTL(name) long sysctl_##name(struct xen_sysctl *op, bool *answer)

/* Every operation there is: X(operation, function that does it). */
/* clang-format off */
#define SYSCTLS(X) \
	X(physinfo, physinfo) \
	X(cputopoinfo, cputopoinfo) \
	X(numainfo, numainfo) \
	X(availheap, availheap) \
	X(getcpuinfo, getcpuinfo) \
	X(readconsole, readconsole) \
	X(debug_keys, debug_keys) \
	X(cpu_hotplug, cpu_hotplug) \
	X(getdomaininfolist, getdomaininfolist) \
	X(sched_id, sched_id) \
	X(scheduler_op, scheduler_op) \
	X(cpupool_op, cpupool_op) \
	X(pcitopoinfo, pcitopoinfo) \
	X(get_cpu_policy, get_cpu_policy) \
	X(get_cpu_featureset, get_cpu_featureset) \
	X(get_cpu_levelling_caps, get_cpu_levelling_caps) \
	X(get_pmstat, no_pmstat) \
	X(pm_op, no_pm)
/* clang-format on */
#define SYSCTL_DECLARE(cmd, fn) SYSCTL(fn);
SYSCTLS(SYSCTL_DECLARE)

/* Word @i of feature bits (below CPUID_WORDS) of the machine (@host) or of a new domain. */
u32 cpu_policy_word(bool host, u32 i);
