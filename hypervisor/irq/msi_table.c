/* SPDX-License-Identifier: MIT */
/*
 * Where MSI-X tables are mapped: a few pages, found again by address.
 */
#include "irq/msi_table.h"

#include "platform/mmio.h"
#include "x86/spinlock.h"

#define MAX_PAGES 64

static struct {
	u64 phys;
	u8 *va;
} pages[MAX_PAGES];
static struct spinlock lock = SPINLOCK_INIT; /* protects: pages; never taken in interrupts */

u8 *msi_table_map(u64 phys)
{
	SPIN_HOLD(&lock);
	for (unsigned int i = 0; i < MAX_PAGES; i++) {
		if (!pages[i].va) {
			pages[i].phys = phys;
			pages[i].va = mmio_map(phys, PAGE_SIZE);
		}
		if (pages[i].phys == phys)
			return pages[i].va;
	}
	return NULL;
}
