/* SPDX-License-Identifier: MIT */
/*
 * Message-signalled interrupts: the PCI capabilities and the message.
 *
 * A guest with devices never writes messages itself; it asks for an interrupt
 * and the hypervisor programs the device, so that no guest can choose vectors.
 */
#pragma once

#include "lib/types.h"

struct msi_message {
	u64 address;
	u32 data;
};

/* Fixed, edge-triggered delivery of @vector to the APIC @dest, physical (Intel SDM volume 3, 11.11). */
static inline struct msi_message msi_compose(u8 vector, u32 dest)
{
	return (struct msi_message){ 0xfee00000 | (u64)(dest & 0xff) << 12, vector };
}

/* One interrupt of a device. */
struct msi {
	u32 sbdf;
	u16 capability;		   /* offset in configuration space */
	u16 entry;		   /* MSI-X: table index; MSI: number within a block */
	bool msix, wide, maskable; /* MSI: 64-bit address, mask register */
	volatile u32 *table;	   /* MSI-X: the entry */
};

/*
 * Find the capability (and the table entry) of @sbdf.  @table_base is the
 * address of the table's BAR, used when the device's own is unreadable (a
 * virtual function).  -ENODEV, -EINVAL, -ENOMEM.
 */
int msi_find(struct msi *m, u32 sbdf, bool msix, u16 entry, u64 table_base);

/* How many messages the (plain) MSI capability can send: 1 to 32. */
unsigned int msi_capacity(const struct msi *m);
/* Let it use 2^@order of them. */
void msi_set_block(const struct msi *m, unsigned int order);

void msi_write(const struct msi *m, const struct msi_message *msg);
/* A plain MSI without mask register cannot be masked; nothing happens then. */
void msi_set_masked(const struct msi *m, bool masked);
/* Turn the capability on, as after a device's loss of power. */
void msi_enable(const struct msi *m);
