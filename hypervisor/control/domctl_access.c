/* SPDX-License-Identifier: MIT */
/*
 * domctl: what of the machine a domain may touch.  The caller can give away
 * only what it may touch itself.
 */
#include "control/domctl.h"
#include "domain/access.h"

DOMCTL(ioport_permission)
{
	struct xen_domctl_ioport_permission *p = &op->u.ioport_permission;
	u64 last = (u64)p->first_port + p->nr_ports - 1;

	if (!p->nr_ports || last > 0xffff)
		return -EINVAL;
	if (!access_port(current->domain, p->first_port, p->nr_ports))
		return -EPERM;
	return access_set_ports(d, p->first_port, (u32)last, p->allow_access);
}

DOMCTL(iomem_permission)
{
	struct xen_domctl_iomem_permission *p = &op->u.iomem_permission;

	if (p->first_mfn + p->nr_mfns <= p->first_mfn)
		return -EINVAL;
	if (!access_mmio(current->domain, p->first_mfn, p->nr_mfns))
		return -EPERM;
	return access_set_mmio(d, p->first_mfn, p->first_mfn + p->nr_mfns - 1, p->allow_access);
}

DOMCTL(irq_permission)
{
	struct xen_domctl_irq_permission *p = &op->u.irq_permission;

	if (!access_irq(current->domain, p->pirq))
		return -EPERM;
	return access_set_irq(d, p->pirq, p->allow_access);
}
