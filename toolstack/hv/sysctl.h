/* SPDX-License-Identifier: MIT */
/*
 * Questions about the machine (the hypervisor's sysctl family, and version).
 */
#pragma once

#include "hv/abi.h"
#include "hv/hv.h"

/*
 * sysctl_list - state of the domains from id @first upwards, in order.
 * @infos: room for @max, of which as many are filled as fit the array area.
 * Returns how many were filled in.
 */
int sysctl_list(struct hv *hv, uint32_t first, struct xen_domctl_getdomaininfo *infos, size_t max);

int sysctl_physinfo(struct hv *hv, struct xen_sysctl_physinfo *info);

/* sysctl_cpu_hotplug - take a CPU into service or out of it.  -EINVAL: there is none, or it is the first. */
int sysctl_cpu_hotplug(struct hv *hv, uint32_t cpu, bool online);

/* sysctl_sched_id - XEN_SCHEDULER_* of the machine. */
int sysctl_sched_id(struct hv *hv, uint32_t *id);

/*
 * sysctl_readconsole - the hypervisor's log.
 * @buf: gets up to @size bytes, not terminated; @clear: empty the log after.
 * @index: where to go on; set to 0 at first, moved by every call.
 * Returns the number of bytes, 0 at the end.
 */
int sysctl_readconsole(struct hv *hv, char *buf, size_t size, bool clear, uint32_t *index);

/* What `info` prints of the hypervisor itself; all NUL-terminated. */
struct hv_version {
	unsigned int major;
	unsigned int minor;
	char extra[sizeof(xen_extraversion_t) + 1];
	char caps[sizeof(xen_capabilities_info_t) + 1];
	char changeset[sizeof(xen_changeset_info_t) + 1];
	char cmdline[sizeof(xen_commandline_t) + 1];
	char compiler[64 + 1];
	char compiled_by[16 + 1];
	char compile_date[32 + 1];
	uint64_t virt_start;
	unsigned int page_size;
};

/* hv_version_get - a part that the hypervisor does not answer stays empty. */
int hv_version_get(struct hv *hv, struct hv_version *v);
