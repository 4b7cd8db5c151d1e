/* SPDX-License-Identifier: MIT */
/*
 * Claim: mapping and binding device interrupts fails in good order: nothing leaks, nothing is given twice.
 * Attack: numbers out of range, maps of what is mapped, blocks that do not fit, other domains, devices
 *         without messages, binding what is not mapped; all of it until numbers would run out.
 * Defence: each step is checked before it changes anything, and undone if a later one fails.
 * DEVICE: ich9-ahci,addr=4 virtio-rng-pci,addr=5
 * Proves: XSA-83
 * Proves: XSA-237
 * Proves: XSA-395
 * Proves: XSA-458
 * Proves: physdev_op.PHYSDEVOP_map_pirq ok refused
 * Proves: physdev_op.PHYSDEVOP_unmap_pirq ok refused
 * Proves: physdev_op.PHYSDEVOP_get_free_pirq ok refused
 * Proves: physdev_op.PHYSDEVOP_eoi ok refused
 * Proves: physdev_op.PHYSDEVOP_irq_status_query ok refused
 * Proves: physdev_op.PHYSDEVOP_setup_gsi ok refused
 * Proves: event_channel_op.EVTCHNOP_bind_pirq ok refused
 */
#include "guest.h"

#define AHCI   (4 << 3)
#define VIRTIO (5 << 3)
#define ROUNDS 600 /* more than there are numbers */

static void do_out32(void *arg)
{
	const u32 *io = arg;

	__asm__ volatile("outl %%eax, %%dx" ::"a"(io[1]), "d"((u16)io[0]));
}

static void do_in32(void *arg)
{
	u32 *io = arg;

	__asm__ volatile("inl %%dx, %%eax" : "=a"(io[1]) : "d"((u16)io[0]));
}

static u32 config(int devfn, u32 reg)
{
	u32 out[2] = { 0xcf8, 0x80000000 | (u32)devfn << 8 | reg }, in[2] = { 0xcfc, 0 };

	try_call(do_out32, out);
	try_call(do_in32, in);
	return in[1];
}

static long map(struct physdev_map_pirq m, int *pirq)
{
	long rc = hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &m);

	*pirq = m.pirq;
	return rc;
}

static long map_gsi(int gsi, int wanted, int *pirq)
{
	return map((struct physdev_map_pirq){ .domid = DOMID_SELF,
					      .type = MAP_PIRQ_TYPE_GSI,
					      .index = gsi,
					      .pirq = wanted },
		   pirq);
}

static long map_msi(int type, int devfn, int entry, u64 table, int wanted, int *pirq)
{
	return map((struct physdev_map_pirq){ .domid = DOMID_SELF,
					      .type = type,
					      .index = -1,
					      .pirq = wanted,
					      .devfn = devfn,
					      .entry_nr = entry,
					      .table_base = table },
		   pirq);
}

static long unmap(int pirq)
{
	struct physdev_unmap_pirq u = { .domid = DOMID_SELF, .pirq = pirq };

	return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, &u);
}

static long bind(int pirq, u32 *port)
{
	evtchn_bind_pirq_t b = { .pirq = (u32)pirq };
	long rc = event_op(EVTCHNOP_bind_pirq, &b);

	*port = b.port;
	return rc;
}

static void lines(void)
{
	struct physdev_setup_gsi setup = { .gsi = 20, .triggering = 1, .polarity = 1 };
	struct physdev_irq_status_query query = { .irq = 9999 };
	struct physdev_eoi eoi = { .irq = 9999 };
	int pirq, other;
	u32 port, second;

	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_setup_gsi, &setup), 0,
		 "a line is set up");
	setup.gsi = 4000;
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_setup_gsi, &setup) < 0,
	      "one that does not exist is not");
	check_is(map_gsi(20, 20, &pirq), 0, "a line is mapped");
	check_is(map_gsi(20, 20, &other), 0, "the same again is no error");
	check(map_gsi(20, 21, &other) < 0, "the same line by another number");
	/* Xen says that it is done, and does nothing. */
	check(map_gsi(21, 20, &other) < 0 || !on_lamina(), "another line by the same number");
	check(map_gsi(-1, 30, &other) < 0, "line -1");
	check(map_gsi(100000, 30, &other) < 0, "line 100000");
	check(map_gsi(20, 100000, &other) < 0, "number 100000");
	check(bind(40, &second) < 0, "what is not mapped cannot be bound");
	check(bind(100000, &second) < 0, "nor number 100000");
	check_is(bind(pirq, &port), 0, "what is mapped can");
	check(bind(pirq, &second) < 0, "but once");
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_irq_status_query, &query) < 0,
	      "status of number 9999");
	query.irq = (u32)pirq;
	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_irq_status_query, &query), 0,
		 "status of the line");
	check(query.flags & XENIRQSTAT_needs_eoi, "it wants an end of interrupt");
	check(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_eoi, &eoi) < 0, "end of number 9999");
	eoi.irq = (u32)pirq;
	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_eoi, &eoi), 0,
		 "an end that nothing waits for");
	check_is(event_close(port), 0, "the port is closed");
	check_is(bind(pirq, &port), 0, "and the line bound anew");
	event_close(port);
	check_is(unmap(pirq), 0, "and unmapped");
	check(unmap(pirq) < 0, "once");
	check(unmap(-1) < 0, "nor -1");
	check(unmap(100000) < 0, "nor 100000");
}

static void messages(u64 table)
{
	int pirq, other;
	u32 port;

	check_is(map_msi(MAP_PIRQ_TYPE_MSI_SEG, AHCI, 0, 0, -1, &pirq), 0, "a message is mapped");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, AHCI, 0, 0, -1, &other) < 0 || !on_lamina(),
	      "the same message again");
	check_is(bind(pirq, &port), 0, "it is bound");
	check_is(event_close(port), 0, "and closed");
	check_is(unmap(pirq), 0, "and unmapped");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, AHCI, 0, table, -1, &other) < 0,
	      "a table of a device without");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, 31 << 3, 0, 0, -1, &other) < 0,
	      "a device that does not exist");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, 0x1234, 0, 0, -1, &other) < 0,
	      "no such device number");
	check(map_msi(MAP_PIRQ_TYPE_MULTI_MSI, AHCI, 32, 0, -1, &other) < 0,
	      "a block larger than the device's");
	check(map_msi(MAP_PIRQ_TYPE_MULTI_MSI, AHCI, 33, 0, -1, &other) < 0, "a block of 33");
	check(map_msi(MAP_PIRQ_TYPE_MULTI_MSI, AHCI, 0, 0, -1, &other) < 0, "a block of none");
	check(map_msi(MAP_PIRQ_TYPE_MULTI_MSI, AHCI, -1, 0, -1, &other) < 0, "a block of -1");
	check(map_msi(99, AHCI, 0, 0, -1, &other) < 0, "a type that does not exist");

	check_is(map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, 0, table, -1, &pirq), 0,
		 "a table's entry is mapped");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, 0, table, -1, &other) < 0 || !on_lamina(),
	      "the same entry again");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, 1, table, pirq, &other) < 0 || !on_lamina(),
	      "another entry by the same number");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, 2047, table, -1, &other) < 0,
	      "an entry behind the table");
	check(map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, -1, table, -1, &other) < 0, "entry -1");
	check_is(map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, 1, table, -1, &other), 0, "the next entry");
	check_is(unmap(other), 0, "which is unmapped");
	check_is(unmap(pirq), 0, "as is the first");
}

/* Failures and successes more often than there are numbers and vectors; Xen takes some of the maps. */
static void leaks(u64 table)
{
	unsigned int good = 0, bad = 0;
	int pirq, taken;
	u32 port;

	check_is(map_gsi(22, 22, &taken), 0, "a number is taken");
	for (int i = 0; i < ROUNDS; i++) {
		bad += map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, 0, table, taken, &pirq) < 0;
		bad += map_msi(MAP_PIRQ_TYPE_MULTI_MSI, AHCI, 16, 0, -1, &pirq) < 0;
		if (map_msi(MAP_PIRQ_TYPE_MSI_SEG, VIRTIO, 0, table, -1, &pirq))
			continue;
		good += !bind(pirq, &port) && (i & 1 ? !event_close(port) && !unmap(pirq)
						     : !unmap(pirq) && !event_close(port));
	}
	check(bad == 2 * ROUNDS || !on_lamina(), "maps that must fail did: %u", bad);
	check(good == ROUNDS || !on_lamina(), "and all others went well: %u", good);
	check_is(unmap(taken), 0, "the number is free again");
}

static void others(void)
{
	struct physdev_map_pirq m = {
		.domid = 9999, .type = MAP_PIRQ_TYPE_GSI, .index = 20, .pirq = 20
	};
	struct physdev_unmap_pirq u = { .domid = 9999, .pirq = 20 };
	unsigned int n = 0;
	long rc;

	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &m), -GUEST_ESRCH,
		 "for a domain that is none");
	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, &u), -GUEST_ESRCH,
		 "nor is one unmapped");
	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, (void *)0xffff830000000000),
		 -GUEST_EFAULT, "an argument in the hypervisor");
	do {
		struct physdev_get_free_pirq f = { .type = MAP_PIRQ_TYPE_MSI };

		rc = hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_get_free_pirq, &f);
		if (!rc && on_lamina() && n == 0)
			check_is(unmap((int)f.pirq), 0, "a number reserved is given back");
	} while (!rc && ++n < 100000);
	check(n > 16 && rc < 0, "free numbers end: %u", n);
}

void proof(void)
{
	struct physdev_pci_device_add ahci = { .devfn = AHCI }, virtio = { .devfn = VIRTIO };
	struct physdev_set_iopl iopl = { .iopl = 1 };
	u64 table;

	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_pci_device_add, &ahci), 0, "a device");
	check_is(hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_pci_device_add, &virtio), 0,
		 "another");

	hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &iopl);
	table = config(VIRTIO, 0x14) & ~15u; /* BAR 1 holds it */
	check(table != 0, "the device is there");
	lines();
	messages(table);
	leaks(table);
	others();
}
