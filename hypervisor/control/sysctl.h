/* SPDX-License-Identifier: MIT */
/*
 * The parts of sysctl; see domctl.h for the convention.
 */
#pragma once

#include "abi/abi.h"

#define SYSCTL(name) long sysctl_##name(struct xen_sysctl *op)

/* Every operation there is: X(operation, function that does it, whether the request is copied back). */
/* clang-format off */
#define SYSCTLS(X) \
	X(physinfo, physinfo, true) \
	X(cputopoinfo, cputopoinfo, true) \
	X(numainfo, numainfo, true) \
	X(availheap, availheap, true) \
	X(getcpuinfo, getcpuinfo, true) \
	X(readconsole, readconsole, true) \
	X(debug_keys, debug_keys, false) \
	X(cpu_hotplug, cpu_hotplug, false) \
	X(getdomaininfolist, getdomaininfolist, true) \
	X(sched_id, sched_id, true) \
	X(scheduler_op, scheduler_op, true) \
	X(cpupool_op, cpupool_op, true) \
	X(pcitopoinfo, pcitopoinfo, true) \
	X(get_cpu_policy, get_cpu_policy, true) \
	X(get_cpu_featureset, get_cpu_featureset, true) \
	X(get_cpu_levelling_caps, get_cpu_levelling_caps, true) \
	X(get_pmstat, no_pmstat, false) \
	X(pm_op, no_pm, false)
/* clang-format on */
#define SYSCTL_DECLARE(cmd, fn, answers) SYSCTL(fn);
SYSCTLS(SYSCTL_DECLARE)

/* Word @i of feature bits (below CPUID_WORDS) of the machine (@host) or of a new domain. */
u32 cpu_policy_word(bool host, u32 i);
