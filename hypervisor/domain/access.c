/* SPDX-License-Identifier: MIT */
/*
 * What of the machine a domain may touch.
 */
#include "domain/access.h"

#include "domain/rangeset.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "irq/irq.h"
#include "platform/acpi.h"
#include "platform/uart.h"

#define LAST_PORT 0xffff
#define LAST_MFN  ((1ULL << (52 - PAGE_SHIFT)) - 1)

struct access_ranges {
	struct spinlock lock;
	struct rangeset ports, mmio, irqs;
};

int access_create(struct domain *d)
{
	d->access = alloc_bytes(sizeof(*d->access));
	if (!d->access)
		return -ENOMEM;
	spin_init(&d->access->lock);
	return 0;
}

void access_destroy(struct domain *d)
{
	if (!d->access)
		return;
	rangeset_free(&d->access->ports);
	rangeset_free(&d->access->mmio);
	rangeset_free(&d->access->irqs);
	alloc_free_bytes(d->access);
	d->access = NULL;
}

static int change(struct domain *d, struct rangeset *s, u64 first, u64 last, u64 max, bool allow)
{
	if (last > max)
		return -EINVAL;
	SPIN_HOLD(&d->access->lock);
	return allow ? rangeset_add(s, first, last) : rangeset_remove(s, first, last);
}

int access_set_ports(struct domain *d, u32 first, u32 last, bool allow)
{
	return change(d, &d->access->ports, first, last, LAST_PORT, allow);
}

int access_set_mmio(struct domain *d, u64 first_mfn, u64 last_mfn, bool allow)
{
	return change(d, &d->access->mmio, first_mfn, last_mfn, LAST_MFN, allow);
}

int access_set_irq(struct domain *d, u32 irq, bool allow)
{
	return change(d, &d->access->irqs, irq, irq, NR_IRQS - 1, allow);
}

static bool holds(const struct domain *d, const struct rangeset *s, u64 first, u64 last)
{
	/* Most guests own no device: no lock for them. */
	if (!READ_ONCE(s->nr))
		return false;
	SPIN_HOLD(&d->access->lock);
	return rangeset_contains(s, first, last);
}

bool access_port(const struct domain *d, u32 port, u32 bytes)
{
	return bytes && holds(d, &d->access->ports, port, (u64)port + bytes - 1);
}

bool access_mmio(const struct domain *d, u64 first_mfn, u64 nr)
{
	return nr && first_mfn + nr > first_mfn &&
	       holds(d, &d->access->mmio, first_mfn, first_mfn + nr - 1);
}

bool access_mmio_readonly(const struct domain *d, mfn_t m)
{
	return d->hardware && acpi_hpet_address && m.v == acpi_hpet_address >> PAGE_SHIFT;
}

bool access_irq(const struct domain *d, u32 irq)
{
	return holds(d, &d->access->irqs, irq, irq);
}

/*
 * Ports that stay ours, as Xen keeps them: interrupt controllers, timer,
 * A20 and reset, FPU error, PCI configuration (emulated).
 */
static const struct range kept_ports[] = {
	{ 0x20, 0x21 }, { 0xa0, 0xa1 }, { 0x4d0, 0x4d1 }, { 0x40, 0x43 },
	{ 0x61, 0x61 }, { 0x92, 0x92 }, { 0xf0, 0xf0 },	  { 0xcf8, 0xcff },
};

static int keep_ports(struct domain *d)
{
	const struct acpi_register *timer = &acpi_fadt.pm_timer;
	bool io = timer->space == ACPI_SPACE_IO && timer->address < LAST_PORT - 3;
	const struct range found[] = {
		/* from 0 if there is none */
		{ io ? timer->address : 0, timer->address + 3 },
		{ acpi_fadt.smi_cmd <= LAST_PORT ? acpi_fadt.smi_cmd : 0, acpi_fadt.smi_cmd },
		{ uart_present() ? uart_port() : 0, uart_port() + 7U },
	};
	int rc = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(kept_ports) && !rc; i++)
		rc = access_set_ports(d, (u32)kept_ports[i].first, (u32)kept_ports[i].last, false);
	for (unsigned int i = 0; i < ARRAY_SIZE(found) && !rc; i++)
		if (found[i].first)
			rc = access_set_ports(d, (u32)found[i].first, (u32)found[i].last, false);
	return rc;
}

/* The page of a device's registers. */
static int keep_page(struct domain *d, u64 address)
{
	return access_set_mmio(d, address >> PAGE_SHIFT, address >> PAGE_SHIFT, false);
}

static int keep_frames(struct domain *d)
{
	extern char image_start[], image_end[];
	u64 first = hostmap_maddr(image_start).v >> PAGE_SHIFT;
	u64 last = first + (((u64)image_end - (u64)image_start - 1) >> PAGE_SHIFT);
	int rc = access_set_mmio(d, first, last, false);

	/* Messages of 1 MiB from fee00000 on are interrupts. */
	if (!rc)
		rc = access_set_mmio(d, 0xfee00, 0xfeeff, false);
	if (!rc && acpi_madt.lapic_address)
		rc = keep_page(d, acpi_madt.lapic_address);
	for (unsigned int i = 0; i < acpi_madt.nr_ioapics && !rc; i++)
		rc = keep_page(d, acpi_madt.ioapics[i].address);
	if (!rc && acpi_hpet_address)
		rc = keep_page(d, acpi_hpet_address);
	return rc;
}

int access_grant_hardware(struct domain *d)
{
	u32 irq;
	int rc;

	rc = access_set_ports(d, 0, LAST_PORT, true);
	if (!rc)
		rc = keep_ports(d);
	if (!rc)
		rc = access_set_mmio(d, 0, LAST_MFN, true);
	if (!rc)
		rc = keep_frames(d);
	for (irq = 1; irq < NR_IRQS && !rc; irq++)
		if (!uart_present() || irq != uart_irq())
			rc = access_set_irq(d, irq, true);
	return rc;
}
