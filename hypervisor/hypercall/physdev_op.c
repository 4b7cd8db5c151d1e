/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_physdev_op: physical interrupts and PCI devices, for the domain
 * that drives the hardware, and the I/O privilege of any vCPU.
 *
 * What concerns a domain's own vCPU or its own pirqs is open to all; what
 * programs the machine is for the privileged domain.
 */
#include "domain/policy.h"
#include "evtchn/evtchn.h"
#include "hypercall/arg.h"
#include "hypercall/table.h"
#include "irq/irq.h"
#include "irq/msi.h"
#include "platform/ioapic.h"
#include "platform/pci_config.h"

#define MAX_PORTS 65536

static long set_iopl(u64 arg)
{
	struct physdev_set_iopl a;

	if (!arg_get(&a, arg))
		return -EFAULT;
	if (a.iopl > 3)
		return -EINVAL;
	current->iopl = (u8)a.iopl;
	return 0;
}

static long set_iobitmap(u64 arg)
{
	struct physdev_set_iobitmap a;
	u64 bitmap;

	if (!arg_get(&a, arg))
		return -EFAULT;
	bitmap = arg_handle(a.bitmap);
	if (a.nr_ports > MAX_PORTS || !usercopy_ok(gaddr(bitmap), (a.nr_ports + 7) / 8))
		return -EINVAL;
	current->iobmp_va = gaddr(bitmap);
	current->iobmp_bits = a.nr_ports;
	return 0;
}

static long eoi(struct domain *d, u64 arg)
{
	struct physdev_eoi a;

	if (!arg_get(&a, arg))
		return -EFAULT;
	if (!evtchn_pirq_mapped(d, a.irq))
		return -EINVAL;
	evtchn_eoi_pirq(d, a.irq);
	return 0;
}

static long irq_status_query(struct domain *d, u64 arg)
{
	struct physdev_irq_status_query a;

	if (!arg_get(&a, arg))
		return -EFAULT;
	if (a.irq >= NR_IRQS)
		return -EINVAL;
	a.flags = evtchn_pirq_needs_eoi(d, a.irq) ? XENIRQSTAT_needs_eoi : 0;
	return arg_put(arg, &a) ? 0 : -EFAULT;
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

static long map_pirq(u64 arg)
{
	struct physdev_map_pirq a;
	struct domain *d;
	long result;

	if (!arg_get(&a, arg))
		return -EFAULT;
	result = policy_target(a.domid, POLICY_PIRQ, &d);
	if (result)
		return result;
	switch (a.type) {
	case MAP_PIRQ_TYPE_GSI:
		result = evtchn_map_pirq_gsi(d, a.index, a.pirq);
		if (result >= 0) {
			a.pirq = (int)result;
			result = 0;
		}
		break;
	case MAP_PIRQ_TYPE_MSI:
	case MAP_PIRQ_TYPE_MSI_SEG:
	case MAP_PIRQ_TYPE_MULTI_MSI:
		result = policy_allows(current->domain, NULL, POLICY_HARDWARE) ? map_msi(d, &a)
									       : -EPERM;
		break;
	default: result = -EINVAL; break;
	}
	if (!result && !arg_put(arg, &a))
		result = -EFAULT;
	domain_put(d);
	return result;
}

static long unmap_pirq(u64 arg)
{
	struct physdev_unmap_pirq a;
	struct domain *d;
	long result;

	if (!arg_get(&a, arg))
		return -EFAULT;
	result = policy_target(a.domid, POLICY_PIRQ, &d);
	if (result)
		return result;
	result = a.pirq < 0 ? -EINVAL : evtchn_unmap_pirq(d, (u32)a.pirq);
	domain_put(d);
	return result;
}

static long get_free_pirq(struct domain *d, u64 arg)
{
	struct physdev_get_free_pirq a;
	int pirq;

	if (!arg_get(&a, arg))
		return -EFAULT;
	pirq = evtchn_free_pirq(d);
	if (pirq < 0)
		return pirq;
	a.pirq = (u32)pirq;
	return arg_put(arg, &a) ? 0 : -EFAULT;
}

static long apic_read(u64 arg)
{
	struct physdev_apic a;

	if (!arg_get(&a, arg))
		return -EFAULT;
	if (!ioapic_read(a.apic_physbase, a.reg, &a.value))
		return -ENODEV;
	return arg_put(arg, &a) ? 0 : -EFAULT;
}

static long alloc_irq_vector(u64 arg)
{
	struct physdev_irq a;

	if (!arg_get(&a, arg))
		return -EFAULT;
	if (a.irq >= NR_IRQS)
		return -EINVAL;
	/* Vectors are given out at binding and are no guest's business: answer with the number. */
	a.vector = a.irq;
	return arg_put(arg, &a) ? 0 : -EFAULT;
}

static long setup_gsi(u64 arg)
{
	struct physdev_setup_gsi a;

	if (!arg_get(&a, arg))
		return -EFAULT;
	if (a.gsi < 0)
		return -EINVAL;
	return irq_setup_gsi((unsigned int)a.gsi, a.triggering != 0, a.polarity != 0);
}

static long device_exists(u32 sbdf)
{
	/* Only segment 0 can be asked; devices beyond are dom0's word. */
	if (!(sbdf >> 16) && pci_config_read(sbdf, 0, 2) == 0xffff)
		return -ENODEV;
	return 0;
}

/* Operations whose argument is just a device, of a segment or of the first. */
static long device_op(unsigned int op, u64 arg)
{
	struct physdev_pci_device a;
	u32 sbdf;

	if (!arg_get(&a, arg))
		return -EFAULT;
	sbdf = PCI_SBDF(a.seg, a.bus, a.devfn);
	if (op == PHYSDEVOP_restore_msi_ext)
		return irq_msi_restore(sbdf);
	/* No table of devices is kept; removal, MSI-X preparation and release leave nothing to do. */
	return op == PHYSDEVOP_pci_device_remove ? 0 : device_exists(sbdf);
}

static long bus_device_op(unsigned int op, u64 arg)
{
	struct physdev_manage_pci a; /* the head of manage_pci_ext and restore_msi too */
	u32 sbdf;

	if (!arg_get(&a, arg))
		return -EFAULT;
	sbdf = PCI_SBDF(0, a.bus, a.devfn);
	if (op == PHYSDEVOP_restore_msi)
		return irq_msi_restore(sbdf);
	return op == PHYSDEVOP_manage_pci_remove ? 0 : device_exists(sbdf);
}

static long privileged_op(unsigned int op, u64 arg)
{
	switch (op) {
	case PHYSDEVOP_apic_read: return apic_read(arg);
	case PHYSDEVOP_apic_write:
		return -EOPNOTSUPP; /* lines are set up by setup_gsi and map_pirq only */
	case PHYSDEVOP_alloc_irq_vector: return alloc_irq_vector(arg);
	case PHYSDEVOP_setup_gsi: return setup_gsi(arg);
	case PHYSDEVOP_pci_device_add: /* begins like physdev_pci_device */
	case PHYSDEVOP_pci_device_remove:
	case PHYSDEVOP_prepare_msix:
	case PHYSDEVOP_release_msix:
	case PHYSDEVOP_restore_msi_ext: return device_op(op, arg);
	case PHYSDEVOP_manage_pci_add:
	case PHYSDEVOP_manage_pci_add_ext:
	case PHYSDEVOP_manage_pci_remove:
	case PHYSDEVOP_restore_msi: return bus_device_op(op, arg);
	case PHYSDEVOP_pci_mmcfg_reserved: /* we use ports; dom0 may use the window it found */
	case PHYSDEVOP_dbgp_op: /* no debug port of ours is disturbed by its reset */ return 0;
	}
	return -ENOSYS;
}

HYPERCALL(physdev_op)
{
	struct domain *d = current->domain;
	unsigned int op = (unsigned int)a1;

	switch (op) {
	case PHYSDEVOP_set_iopl: return set_iopl(a2);
	case PHYSDEVOP_set_iobitmap: return set_iobitmap(a2);
	case PHYSDEVOP_eoi: return eoi(d, a2);
	case PHYSDEVOP_irq_status_query: return irq_status_query(d, a2);
	case PHYSDEVOP_map_pirq: return map_pirq(a2);
	case PHYSDEVOP_unmap_pirq: return unmap_pirq(a2);
	case PHYSDEVOP_get_free_pirq: return get_free_pirq(d, a2);
	case PHYSDEVOP_pirq_eoi_gmfn_v1: /* guests fall back to irq_status_query */
	case PHYSDEVOP_pirq_eoi_gmfn_v2: return -ENOSYS;
	}
	return policy_allows(d, NULL, POLICY_HARDWARE) ? privileged_op(op, a2) : -EPERM;
}
