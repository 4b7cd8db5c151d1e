/* SPDX-License-Identifier: MIT */
/*
 * Operations on one domain (the hypervisor's domctl family), one function
 * each.  All return 0 or a negative errno: -ESRCH for a domain that is not
 * there, -EPERM outside the control domain.
 */
#pragma once

#include "hv/abi.h"
#include "hv/hv.h"

#define HV_MAX_CPUS 256

/* A set of physical CPUs. */
struct hv_cpuset {
	uint8_t bits[HV_MAX_CPUS / 8];
};

/*
 * domctl_create - make an empty 64-bit PV domain, paused.
 * @uuid: 16 bytes kept by the hypervisor as the domain's handle.
 * @max_vcpus: as many are allocated, none is online yet.
 * @domid: gets the new id.
 * -ENOMEM, -EINVAL; the domain is gone again on any error.
 */
int domctl_create(struct hv *hv, const uint8_t uuid[16], uint32_t max_vcpus, uint32_t *domid);

/* domctl_destroy - kill a domain and give back its memory; may take long. */
int domctl_destroy(struct hv *hv, uint32_t domid);

int domctl_pause(struct hv *hv, uint32_t domid);
int domctl_unpause(struct hv *hv, uint32_t domid);

/* domctl_max_mem - the most memory the domain may own, in KiB. */
int domctl_max_mem(struct hv *hv, uint32_t domid, uint64_t kib);

/* domctl_info - state of exactly this domain; -ESRCH if there is none. */
int domctl_info(struct hv *hv, uint32_t domid, struct xen_domctl_getdomaininfo *info);

/* domctl_set_context - registers of a vCPU before its first run. */
int domctl_set_context(struct hv *hv, uint32_t domid, uint32_t vcpu,
		       const vcpu_guest_context_t *ctxt);

/* domctl_get_context - registers of a vCPU; -ENODATA for one that was never set. */
int domctl_get_context(struct hv *hv, uint32_t domid, uint32_t vcpu, vcpu_guest_context_t *ctxt);

/*
 * domctl_trigger - strike a vCPU with an event of the machine.
 * @what: XEN_DOMCTL_SENDTRIGGER_*.  -ENOSYS for one that a PV guest does not have.
 */
int domctl_trigger(struct hv *hv, uint32_t domid, uint32_t what, uint32_t vcpu);

/* domctl_hypercall_page - fill the guest's hypercall page at machine frame @mfn. */
int domctl_hypercall_page(struct hv *hv, uint32_t domid, uint64_t mfn);

/* domctl_vcpu_info - -ESRCH also for a vCPU that is not there. */
int domctl_vcpu_info(struct hv *hv, uint32_t domid, uint32_t vcpu,
		     struct xen_domctl_getvcpuinfo *info);

/*
 * domctl_get_affinity, domctl_set_affinity - where a vCPU may run.
 * @kind: XEN_VCPUAFFINITY_HARD, where it may, or XEN_VCPUAFFINITY_SOFT, where
 * it had better.  -EINVAL if no CPU of the set is online.
 */
int domctl_get_affinity(struct hv *hv, uint32_t domid, uint32_t vcpu, uint32_t kind,
			struct hv_cpuset *set);
int domctl_set_affinity(struct hv *hv, uint32_t domid, uint32_t vcpu, uint32_t kind,
			const struct hv_cpuset *set);

/*
 * domctl_set_sched - weight and cap of a domain.
 * @sched_id: the machine's scheduler (sysctl_sched_id()); credit and credit2
 * have the two.  @cap: percent of one CPU, 0 for none.
 * -EOPNOTSUPP for a scheduler without weights.
 */
int domctl_set_sched(struct hv *hv, uint32_t domid, uint32_t sched_id, uint16_t weight, uint16_t cap);
int domctl_get_sched(struct hv *hv, uint32_t domid, uint32_t sched_id, uint16_t *weight,
		     uint16_t *cap);
