/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_physdev_op: physical interrupts and PCI devices, for the domain
 * that drives the hardware, and the I/O privilege of any vCPU.
 *
 * What concerns a domain's own vCPU or its own pirqs is open to all; what
 * programs the machine is for the privileged domain.
 */
#include "evtchn/evtchn.h"
#include "hypercall/arg.h"
#include "hypercall/op.h"
#include "hypercall/table.h"
#include "irq/irq.h"
#include "irq/msi.h"
#include "platform/ioapic.h"
#include "platform/pci_config.h"

#define MAX_PORTS 65536

static long set_iopl(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_set_iopl *a = arg;

	if (a->iopl > 3)
		return -EINVAL;
	v->iopl = (u8)a->iopl;
	return 0;
}

static long set_iobitmap(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_set_iobitmap *a = arg;
	u64 bitmap = arg_handle(a->bitmap);

	if (a->nr_ports > MAX_PORTS || !usercopy_ok(gaddr(bitmap), (a->nr_ports + 7) / 8))
		return -EINVAL;
	v->iobmp_va = gaddr(bitmap);
	v->iobmp_bits = a->nr_ports;
	return 0;
}

static long eoi(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_eoi *a = arg;

	if (!evtchn_pirq_mapped(v->domain, a->irq))
		return -EINVAL;
	evtchn_eoi_pirq(v->domain, a->irq);
	return 0;
}

static long irq_status_query(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_irq_status_query *a = arg;

	if (a->irq >= NR_IRQS)
		return -EINVAL;
	a->flags = evtchn_pirq_needs_eoi(v->domain, a->irq) ? XENIRQSTAT_needs_eoi : 0;
	return 0;
}

/* Allocate the irqs of an MSI request and map them; a.pirq and a.entry_nr are updated. */
static long map_msi(struct domain *d, struct physdev_map_pirq *a)
{
	bool block = a->type == MAP_PIRQ_TYPE_MULTI_MSI;
	u32 segment = a->type == MAP_PIRQ_TYPE_MSI ? 0 : (u32)a->bus >> 16;
	u32 sbdf = PCI_SBDF(segment, a->bus & 0xff, a->devfn & 0xff);
	unsigned int n = 1;
	struct msi m;
	int irq, pirq, error;

	if (a->entry_nr < 0 || a->entry_nr > 0x7ff || a->devfn < 0 || a->devfn > 0xff)
		return -EINVAL;
	if (block) {
		if (a->entry_nr < 1 || a->entry_nr > 32 || a->table_base)
			return -EINVAL;
		while (n < (unsigned int)a->entry_nr)
			n <<= 1;
	}
	error = msi_find(&m, sbdf, a->table_base != 0, (u16)(block ? 0 : a->entry_nr), a->table_base);
	if (error)
		return error;
	if (block && n > msi_capacity(&m))
		return -EINVAL;
	irq = irq_msi_alloc_block(&m, n);
	if (irq < 0)
		return irq;
	pirq = evtchn_map_pirq_block(d, irq, n, block ? -1 : a->pirq);
	if (pirq < 0) {
		for (unsigned int i = 0; i < n; i++)
			irq_msi_free((unsigned int)irq + i);
		return pirq;
	}
	a->pirq = pirq;
	if (block)
		a->entry_nr = (int)n;
	return 0;
}

static long map_pirq(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_map_pirq *a = arg;
	DOMAIN_HOLD(d);
	long result = policy_target(a->domid, POLICY_PIRQ, &d);

	if (result)
		return result;
	switch (a->type) {
	case MAP_PIRQ_TYPE_GSI:
		result = evtchn_map_pirq_gsi(d, a->index, a->pirq);
		if (result < 0)
			return result;
		a->pirq = (int)result;
		return 0;
	case MAP_PIRQ_TYPE_MSI:
	case MAP_PIRQ_TYPE_MSI_SEG:
	case MAP_PIRQ_TYPE_MULTI_MSI:
		return policy_allows(v->domain, NULL, POLICY_HARDWARE) ? map_msi(d, a) : -EPERM;
	}
	return -EINVAL;
}

static long unmap_pirq(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_unmap_pirq *a = arg;
	DOMAIN_HOLD(d);
	long result = policy_target(a->domid, POLICY_PIRQ, &d);

	if (result)
		return result;
	return a->pirq < 0 ? -EINVAL : evtchn_unmap_pirq(d, (u32)a->pirq);
}

static long get_free_pirq(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_get_free_pirq *a = arg;
	int pirq = evtchn_free_pirq(v->domain);

	if (pirq < 0)
		return pirq;
	a->pirq = (u32)pirq;
	return 0;
}

static long apic_read(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_apic *a = arg;

	return ioapic_read(a->apic_physbase, a->reg, &a->value) ? 0 : -ENODEV;
}

static long alloc_irq_vector(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_irq *a = arg;

	if (a->irq >= NR_IRQS)
		return -EINVAL;
	/* Vectors are given out at binding and are no guest's business: answer with the number. */
	a->vector = a->irq;
	return 0;
}

static long setup_gsi(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_setup_gsi *a = arg;

	if (a->gsi < 0)
		return -EINVAL;
	return irq_setup_gsi((unsigned int)a->gsi, a->triggering != 0, a->polarity != 0);
}

static long device_exists(u32 sbdf)
{
	/* Only segment 0 can be asked; devices beyond are dom0's word. */
	if (!(sbdf >> 16) && pci_config_read(sbdf, 0, 2) == 0xffff)
		return -ENODEV;
	return 0;
}

/* Operations whose argument is just a device, of a segment or of the first. */
static long device_op(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_pci_device *a = arg;
	u32 sbdf = PCI_SBDF(a->seg, a->bus, a->devfn);

	if (cmd == PHYSDEVOP_restore_msi_ext)
		return irq_msi_restore(sbdf);
	/* No table of devices is kept; removal, MSI-X preparation and release leave nothing to do. */
	return cmd == PHYSDEVOP_pci_device_remove ? 0 : device_exists(sbdf);
}

static long bus_device_op(struct vcpu *v, u32 cmd, void *arg)
{
	struct physdev_manage_pci *a = arg; /* the head of manage_pci_ext and restore_msi too */
	u32 sbdf = PCI_SBDF(0, a->bus, a->devfn);

	if (cmd == PHYSDEVOP_restore_msi)
		return irq_msi_restore(sbdf);
	return cmd == PHYSDEVOP_manage_pci_remove ? 0 : device_exists(sbdf);
}

/*
 * We use ports and no debug port; dom0 may use the window and reset the port it
 * found.  Lines are set up by setup_gsi and map_pirq only, not by apic_write.
 */
static long no_effect(struct vcpu *v, u32 cmd, void *arg)
{
	return cmd == PHYSDEVOP_apic_write ? -EOPNOTSUPP : 0;
}

/* Of pirq_eoi_gmfn there is none: guests fall back to irq_status_query. */
static const struct op ops[] = {
	[PHYSDEVOP_set_iopl] = OP(OWN, set_iopl, struct physdev_set_iopl),
	[PHYSDEVOP_set_iobitmap] = OP(OWN, set_iobitmap, struct physdev_set_iobitmap),
	[PHYSDEVOP_eoi] = OP(OWN, eoi, struct physdev_eoi),
	[PHYSDEVOP_irq_status_query] =
		OP_ANSWERS(OWN, irq_status_query, struct physdev_irq_status_query),
	[PHYSDEVOP_map_pirq] = OP_ANSWERS(OWN, map_pirq, struct physdev_map_pirq),
	[PHYSDEVOP_unmap_pirq] = OP(OWN, unmap_pirq, struct physdev_unmap_pirq),
	[PHYSDEVOP_get_free_pirq] = OP_ANSWERS(OWN, get_free_pirq, struct physdev_get_free_pirq),
	[PHYSDEVOP_apic_read] = OP_ANSWERS(HARDWARE, apic_read, struct physdev_apic),
	[PHYSDEVOP_apic_write] = OP_BARE(HARDWARE, no_effect),
	[PHYSDEVOP_alloc_irq_vector] = OP_ANSWERS(HARDWARE, alloc_irq_vector, struct physdev_irq),
	[PHYSDEVOP_setup_gsi] = OP(HARDWARE, setup_gsi, struct physdev_setup_gsi),
	/* A structure to be added begins like any other device. */
	[PHYSDEVOP_pci_device_add] = OP(HARDWARE, device_op, struct physdev_pci_device),
	[PHYSDEVOP_pci_device_remove] = OP(HARDWARE, device_op, struct physdev_pci_device),
	[PHYSDEVOP_prepare_msix] = OP(HARDWARE, device_op, struct physdev_pci_device),
	[PHYSDEVOP_release_msix] = OP(HARDWARE, device_op, struct physdev_pci_device),
	[PHYSDEVOP_restore_msi_ext] = OP(HARDWARE, device_op, struct physdev_pci_device),
	[PHYSDEVOP_manage_pci_add] = OP(HARDWARE, bus_device_op, struct physdev_manage_pci),
	[PHYSDEVOP_manage_pci_add_ext] = OP(HARDWARE, bus_device_op, struct physdev_manage_pci),
	[PHYSDEVOP_manage_pci_remove] = OP(HARDWARE, bus_device_op, struct physdev_manage_pci),
	[PHYSDEVOP_restore_msi] = OP(HARDWARE, bus_device_op, struct physdev_manage_pci),
	[PHYSDEVOP_pci_mmcfg_reserved] = OP_BARE(HARDWARE, no_effect),
	[PHYSDEVOP_dbgp_op] = OP_BARE(HARDWARE, no_effect),
};

HYPERCALL(physdev_op)
{
	return op_run(ops, ARRAY_SIZE(ops), (u32)a1, current, a2);
}
