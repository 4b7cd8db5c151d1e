/* SPDX-License-Identifier: MIT */
/*
 * Other domains, as the control domain makes and fills them.
 */
#include "guest.h"

#include <xen/domctl.h>

long other_op(u32 cmd, u16 domid, struct xen_domctl *op)
{
	op->cmd = cmd;
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op->domain = domid;
	return hypercall1(__HYPERVISOR_domctl, op);
}

long other_create(u32 vcpus, u64 max_kib)
{
	struct xen_domctl op = { 0 };
	u16 id;
	long rc;

	op.u.createdomain = (struct xen_domctl_createdomain){
		.max_vcpus = vcpus,
		.max_evtchn_port = -1,
		.max_grant_frames = 64,
		.max_maptrack_frames = 64,
		.grant_opts = 1,
	};
	rc = other_op(XEN_DOMCTL_createdomain, 0, &op);
	if (rc)
		return rc;
	id = op.domain;
	op.u.max_vcpus.max = vcpus;
	rc = other_op(XEN_DOMCTL_max_vcpus, id, &op);
	op.u.max_mem.max_memkb = max_kib;
	if (!rc)
		rc = other_op(XEN_DOMCTL_max_mem, id, &op);
	return rc ? rc : id;
}

long other_destroy(u16 id)
{
	struct xen_domctl op = { 0 };

	return other_op(XEN_DOMCTL_destroydomain, id, &op);
}

long other_populate(u16 id, xen_pfn_t *extents, u64 n, unsigned int order)
{
	struct xen_memory_reservation r = { .nr_extents = n, .extent_order = order, .domid = id };

	set_xen_guest_handle(r.extent_start, extents);
	return hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r);
}

long other_map(void *window, u64 mfn, bool write, u16 id)
{
	u64 flags = PTE_P | PTE_US | PTE_A | (write ? PTE_RW | PTE_D : 0);

	return hypercall4(__HYPERVISOR_update_va_mapping_otherdomain, window, pte_of(mfn, flags),
			  UVMF_INVLPG, id);
}

long other_pin(u16 id, unsigned int cmd, u64 mfn)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.mfn = mfn;
	return hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, id);
}
