/* SPDX-License-Identifier: MIT */
/*
 * Claim: dom0 gets the interrupts of its devices by line, MSI, MSI-X and blocks of MSI; what fails on
 * the way leaves nothing behind (XSA-83, XSA-237, XSA-395, XSA-458).
 * Attack: devices, lines, entries and counts that do not exist; numbers in use; twice; unmapped while bound.
 * Defence: each step undoes the ones before.
 * DEVICE: nec-usb-xhci,msi=on,msix=off,addr=0x1d virtio-rng-pci,addr=0x1e
 * Proves: physdev_op.MAP_PIRQ_TYPE_GSI ok refused, physdev_op.MAP_PIRQ_TYPE_MSI ok refused
 * Proves: physdev_op.MAP_PIRQ_TYPE_MSI_SEG ok refused, physdev_op.MAP_PIRQ_TYPE_MULTI_MSI ok refused
 * Proves: physdev_op.PHYSDEVOP_unmap_pirq ok refused, physdev_op.PHYSDEVOP_setup_gsi ok refused
 * Proves: physdev_op.PHYSDEVOP_apic_read ok refused, physdev_op.PHYSDEVOP_alloc_irq_vector ok refused
 * Proves: physdev_op.PHYSDEVOP_irq_status_query ok refused, physdev_op.PHYSDEVOP_eoi ok refused
 * Proves: physdev_op.PHYSDEVOP_restore_msi ok refused, physdev_op.PHYSDEVOP_restore_msi_ext ok refused
 * Proves: physdev_op.PHYSDEVOP_pci_device_add ok refused, physdev_op.PHYSDEVOP_pci_device_remove ok
 * Proves: physdev_op.PHYSDEVOP_manage_pci_add ok refused, physdev_op.PHYSDEVOP_manage_pci_remove ok
 * Proves: physdev_op.PHYSDEVOP_manage_pci_add_ext ok refused, physdev_op.PHYSDEVOP_get_free_pirq ok
 * Proves: physdev_op.PHYSDEVOP_prepare_msix ok refused, physdev_op.PHYSDEVOP_release_msix ok refused
 * Proves: physdev_op.PHYSDEVOP_pci_mmcfg_reserved ok, physdev_op.PHYSDEVOP_dbgp_op ok
 * Proves: physdev_op.PHYSDEVOP_apic_write refused
 * Proves: event_channel_op.EVTCHNOP_bind_pirq ok refused
 * Proves: XSA-83, XSA-237, XSA-395, XSA-458
 */
#include "guest.h"

#define MSI_DEVFN  (0x1d << 3)
#define MSIX_DEVFN (0x1e << 3)
#define NO_DEVFN   (0x17 << 3)
#define LINE	   10

static long physdev(unsigned int cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_physdev_op, cmd, PTR(arg));
}

static long map(int type, int index, int pirq, int devfn, int entries, u64 table)
{
	struct physdev_map_pirq op = { .domid = DOMID_SELF,
				       .type = type,
				       .index = index,
				       .pirq = pirq,
				       .devfn = devfn,
				       .entry_nr = entries,
				       .table_base = table };
	long rc = physdev(PHYSDEVOP_map_pirq, &op);

	return rc ? rc : op.pirq;
}

static long unmap(long pirq)
{
	struct physdev_unmap_pirq op = { .domid = DOMID_SELF, .pirq = (int)pirq };

	return physdev(PHYSDEVOP_unmap_pirq, &op);
}

static long bind(long pirq)
{
	evtchn_bind_pirq_t op = { .pirq = (u32)pirq };
	long rc = event_op(EVTCHNOP_bind_pirq, &op);

	return rc ? rc : (long)op.port;
}

static void lines(void)
{
	struct physdev_setup_gsi gsi = { .gsi = LINE, .triggering = 1, .polarity = 1 };
	struct physdev_irq_status_query query = { .irq = LINE };
	struct physdev_get_free_pirq any = { .type = MAP_PIRQ_TYPE_GSI };
	struct physdev_irq vector = { .irq = LINE };
	struct physdev_eoi eoi = { .irq = LINE };
	long port;

	check_is(physdev(PHYSDEVOP_setup_gsi, &gsi), 0, "a line's trigger");
	gsi.gsi = 5000;
	check(physdev(PHYSDEVOP_setup_gsi, &gsi) < 0, "not of one that does not exist");
	check(physdev(PHYSDEVOP_eoi, &eoi) < 0 || !on_lamina(), "no end of what is not mapped");
	check_is(map(MAP_PIRQ_TYPE_GSI, LINE, LINE, 0, 0, 0), LINE, "a line");
	check_is(map(MAP_PIRQ_TYPE_GSI, LINE, LINE, 0, 0, 0), LINE, "again");
	check(map(MAP_PIRQ_TYPE_GSI, 5000, -1, 0, 0, 0) < 0 &&
		      map(MAP_PIRQ_TYPE_GSI, -1, -1, 0, 0, 0) < 0,
	      "lines that do not exist");
	check(map(MAP_PIRQ_TYPE_GSI, LINE + 1, 100000, 0, 0, 0) < 0,
	      "a number that does not exist");
	check_is(physdev(PHYSDEVOP_alloc_irq_vector, &vector), 0, "its vector");
	vector.irq = 100000;
	check(physdev(PHYSDEVOP_alloc_irq_vector, &vector) < 0 || !on_lamina(),
	      "none of what does not exist");
	port = bind(LINE);
	check(port > 0, "bind it: port %ld", port);
	check(bind(LINE) < 0, "but once");
	check(bind(200) < 0 && bind(100000) < 0, "not what is not mapped");
	check_is(physdev(PHYSDEVOP_irq_status_query, &query), 0, "its status");
	query.irq = 100000;
	check(physdev(PHYSDEVOP_irq_status_query, &query) < 0, "no status of what does not exist");
	check_is(physdev(PHYSDEVOP_eoi, &eoi), 0, "the end of an interrupt");
	eoi.irq = 100000;
	check(physdev(PHYSDEVOP_eoi, &eoi) < 0, "not of what does not exist");
	check_is(event_close((u32)port), 0, "close");
	port = bind(LINE);
	check(port > 0 && event_close((u32)port) == 0, "bind and close again");
	check_is(unmap(LINE), 0, "unmap");
	check(unmap(LINE) < 0 && unmap(100000) < 0 && unmap(-1) < 0, "but once, and nothing else");
	check(bind(LINE) < 0, "and not bound after it");
	check_is(physdev(PHYSDEVOP_get_free_pirq, &any), 0, "a free number");
}

static void devices(void)
{
	struct physdev_pci_device_add add = { .devfn = MSI_DEVFN };
	struct physdev_pci_device there = { .devfn = MSIX_DEVFN }, none = { .devfn = NO_DEVFN };
	struct physdev_manage_pci old = { .devfn = MSIX_DEVFN };
	struct physdev_manage_pci_ext ext = { .devfn = MSIX_DEVFN };
	struct physdev_pci_mmcfg_reserved window = { .address = 0xb0000000,
						     .end_bus = 255,
						     .flags = 1 };
	struct physdev_dbgp_op debug = { .op = PHYSDEVOP_DBGP_RESET_PREPARE,
					 .bus = PHYSDEVOP_DBGP_BUS_UNKNOWN };

	check_is(physdev(PHYSDEVOP_pci_device_add, &add), 0, "a device is there");
	check_is(physdev(PHYSDEVOP_manage_pci_add, &old), 0, "another, by the older call");
	check_is(physdev(PHYSDEVOP_manage_pci_add_ext, &ext), 0, "and by the one between");
	check(physdev(PHYSDEVOP_prepare_msix, &there) == 0 &&
		      physdev(PHYSDEVOP_release_msix, &there) == 0,
	      "prepared for another domain and back");
	if (on_lamina()) { /* Xen enters what does not exist */
		add.devfn = old.devfn = ext.devfn = NO_DEVFN;
		check(physdev(PHYSDEVOP_pci_device_add, &add) == -GUEST_ENODEV &&
			      physdev(PHYSDEVOP_manage_pci_add, &old) == -GUEST_ENODEV &&
			      physdev(PHYSDEVOP_manage_pci_add_ext, &ext) == -GUEST_ENODEV,
		      "one that is not is an error");
		check(physdev(PHYSDEVOP_manage_pci_remove, &old) == 0 &&
			      physdev(PHYSDEVOP_pci_device_remove, &none) == 0,
		      "and may be taken away");
		check_is(physdev(PHYSDEVOP_pci_mmcfg_reserved, &window), 0,
			 "the configuration's window");
	}
	check(physdev(PHYSDEVOP_prepare_msix, &none) < 0 && physdev(PHYSDEVOP_release_msix, &none) < 0,
	      "nor prepared");
	check(physdev(PHYSDEVOP_dbgp_op, &debug) == 0 || !on_lamina(), "the debug port");
}

/* Map, bind, close, unmap; and what must not work meanwhile. */
static void message(const char *what, int type, int devfn, u64 table)
{
	struct physdev_pci_device seg = { .devfn = (u8)devfn };
	struct physdev_restore_msi one = { .devfn = (u8)devfn };
	long pirq = map(type, -1, -1, devfn, 0, table), port;

	check(pirq > 0, "%s: number %ld", what, pirq);
	if (pirq <= 0)
		return;
	port = bind(pirq);
	check(port > 0, "bound to port %ld", port);
	check(map(type, -1, (int)pirq, devfn, table ? 1 : 0, table) < 0 || !on_lamina(),
	      "its number is taken");
	check(physdev(PHYSDEVOP_restore_msi_ext, &seg) == 0 &&
		      physdev(PHYSDEVOP_restore_msi, &one) == 0,
	      "its message is written again");
	check_is(event_close((u32)port), 0, "close");
	port = bind(pirq);
	check(port > 0, "bound again");
	if (on_lamina()) { /* Xen refuses while it is bound, and may unmap later by itself */
		check_is(unmap(pirq), 0, "unmapped while bound");
		check_is(event_close((u32)port), 0, "then closed");
	} else {
		event_close((u32)port);
		unmap(pirq);
	}
	check(unmap(pirq) < 0, "gone");
	seg.devfn = one.devfn = NO_DEVFN;
	check(physdev(PHYSDEVOP_restore_msi_ext, &seg) < 0 && physdev(PHYSDEVOP_restore_msi, &one) < 0,
	      "no message to be restored where there is no device");
}

static u64 bar_of(int devfn)
{
	u32 low = 0;

	/* virtio: BAR 1 is the MSI-X table's. */
	__asm__ volatile("outl %0, %1" ::"a"(0x80000000 | (u32)devfn << 8 | 0x14), "Nd"((u16)0xcf8));
	__asm__ volatile("inl %1, %0" : "=a"(low) : "Nd"((u16)0xcfc));
	return low & ~15ULL;
}

static void blocks(void)
{
	struct physdev_map_pirq op = { .domid = DOMID_SELF,
				       .type = MAP_PIRQ_TYPE_MULTI_MSI,
				       .index = -1,
				       .pirq = -1,
				       .devfn = MSI_DEVFN,
				       .entry_nr = 4 };
	long rc = physdev(PHYSDEVOP_map_pirq, &op);

	/* Xen has blocks where an IOMMU remaps interrupts. */
	check(rc == 0 || !on_lamina(), "a block of four: number %d", op.pirq);
	if (!rc) {
		check(bind(op.pirq) > 0 && bind(op.pirq + 3) > 0,
		      "the first and the last are bound");
		check(bind(op.pirq + 4) < 0, "there is no fifth");
		for (int i = 0; i < 4; i++)
			rc |= unmap(op.pirq + i);
		check_is(rc, 0, "all are unmapped");
	}
	check(map(MAP_PIRQ_TYPE_MULTI_MSI, -1, -1, MSI_DEVFN, 33, 0) < 0 &&
		      map(MAP_PIRQ_TYPE_MULTI_MSI, -1, -1, MSI_DEVFN, 0x7fffffff, 0) < 0 &&
		      map(MAP_PIRQ_TYPE_MULTI_MSI, -1, -1, MSI_DEVFN, -1, 0) < 0,
	      "blocks of 33, of all, of less than none");
	check(map(MAP_PIRQ_TYPE_MULTI_MSI, -1, -1, NO_DEVFN, 4, 0) < 0, "of no device");
}

static void failures(u64 table)
{
	unsigned int good = 0, bad = 0;

	for (int i = 0; i < 600; i++) {
		good += map(MAP_PIRQ_TYPE_MSI, -1, -1, NO_DEVFN, 0, 0) >= 0;
		good += map(MAP_PIRQ_TYPE_MSI, -1, 100000, MSI_DEVFN, 0, 0) >= 0;
		good += map(MAP_PIRQ_TYPE_MSI_SEG, -1, -1, MSIX_DEVFN, 0x7ff, table) >= 0;
		good += map(77, -1, -1, MSI_DEVFN, 0, 0) >= 0;
	}
	check_is(good, 0, "2400 mappings that must fail");
	/* If they had cost interrupts there would be none now. */
	for (int i = 0; i < 600; i++) {
		long pirq = map(MAP_PIRQ_TYPE_MSI, -1, -1, MSI_DEVFN, 0, 0);

		bad += pirq <= 0 || unmap(pirq) != 0;
	}
	check_is(bad, 0, "600 that must work, and be undone");
}

void proof(void)
{
	struct physdev_apic apic = { .apic_physbase = 0xfec00000, .reg = 1 };
	struct physdev_set_iopl iopl = { .iopl = 1 };
	u64 table;

	physdev(PHYSDEVOP_set_iopl, &iopl);
	table = bar_of(MSIX_DEVFN);
	check(physdev(PHYSDEVOP_apic_read, &apic) == 0 && (apic.value >> 16 & 0xff) >= 23,
	      "an I/O APIC's version");
	if (on_lamina()) /* Xen writes what it thinks is right */
		check(physdev(PHYSDEVOP_apic_write, &apic) < 0, "is not written");
	apic.apic_physbase = 0x12345000;
	check(physdev(PHYSDEVOP_apic_read, &apic) < 0, "nor read where there is none");
	lines();
	devices();
	message("MSI", MAP_PIRQ_TYPE_MSI, MSI_DEVFN, 0);
	message("MSI-X", MAP_PIRQ_TYPE_MSI_SEG, MSIX_DEVFN, table);
	check(map(MAP_PIRQ_TYPE_MSI, -1, -1, NO_DEVFN, 0, 0) < 0 &&
		      map(MAP_PIRQ_TYPE_MSI_SEG, -1, -1, NO_DEVFN, 0, table) < 0,
	      "messages of no device");
	check(map(MAP_PIRQ_TYPE_MSI_SEG, -1, -1, MSIX_DEVFN, 0x7ff, table) < 0,
	      "an entry behind the table");
	blocks();
	failures(table);
}
