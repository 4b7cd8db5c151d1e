/* SPDX-License-Identifier: MIT */
/*
 * Message-signalled interrupts (PCI Local Bus 3.0, section 6.8).
 */
#include "irq/msi.h"

#include "abi/error.h"
#include "irq/msi_table.h"
#include "platform/mmio.h"
#include "platform/pci_config.h"

#define CAP_MSI	 0x05
#define CAP_MSIX 0x11

#define MSI_CONTROL	     2
#define MSI_ENABLE	     0x0001
#define MSI_CAPABLE(control) (1u << (((control) >> 1) & 7))
#define MSI_BLOCK_MASK	     0x0070
#define MSI_BLOCK_SHIFT	     4
#define MSI_WIDE	     0x0080
#define MSI_MASKABLE	     0x0100
#define MSI_ADDRESS	     4

#define MSIX_CONTROL	   2
#define MSIX_SIZE(control) (((control)&0x7ff) + 1)
#define MSIX_MASK_ALL	   0x4000
#define MSIX_ENABLE	   0x8000
#define MSIX_TABLE	   4
#define MSIX_ENTRY_SIZE	   16
#define MSIX_MASKED	   1u

#define REG_BAR0  0x10
#define BAR_IO	  1u
#define BAR_64	  4u
#define BAR_FLAGS 0xfu

static u64 read_bar(u32 sbdf, u32 index)
{
	u32 reg = REG_BAR0 + 4 * index;
	u32 low = pci_config_read(sbdf, reg, 4);

	if (low & BAR_IO || low == ~0u)
		return 0;
	if (low & BAR_64 && index < 5)
		return (u64)pci_config_read(sbdf, reg + 4, 4) << 32 | (low & ~BAR_FLAGS);
	return low & ~BAR_FLAGS;
}

static int find_table(struct msi *m, u64 table_base)
{
	u32 control = pci_config_read(m->sbdf, m->capability + MSIX_CONTROL, 2);
	u32 where = pci_config_read(m->sbdf, m->capability + MSIX_TABLE, 4);
	u64 base, phys;
	u8 *page;

	if (m->entry >= MSIX_SIZE(control) || (where & 7) > 5)
		return -EINVAL;
	base = read_bar(m->sbdf, where & 7);
	if (!base)
		base = table_base;
	if (!base || base & (MSIX_ENTRY_SIZE - 1))
		return -EINVAL;
	phys = base + (where & ~7u) + (u64)m->entry * MSIX_ENTRY_SIZE;
	if (mmio_is_ram(maddr_to_mfn(maddr(phys))))
		return -EINVAL;
	page = msi_table_map(phys & PAGE_MASK);
	if (!page)
		return -ENOMEM;
	m->table = (volatile u32 *)(page + (phys & ~PAGE_MASK));
	return 0;
}

int msi_find(struct msi *m, u32 sbdf, bool msix, u16 entry, u64 table_base)
{
	u32 control;

	*m = (struct msi){ .sbdf = sbdf, .msix = msix, .entry = entry };
	m->capability = (u16)pci_config_find_capability(sbdf, msix ? CAP_MSIX : CAP_MSI);
	if (!m->capability)
		return -ENODEV;
	if (msix)
		return find_table(m, table_base);
	control = pci_config_read(sbdf, m->capability + MSI_CONTROL, 2);
	m->wide = control & MSI_WIDE;
	m->maskable = control & MSI_MASKABLE;
	return 0;
}

unsigned int msi_capacity(const struct msi *m)
{
	return MIN(MSI_CAPABLE(pci_config_read(m->sbdf, m->capability + MSI_CONTROL, 2)), 32u);
}

void msi_set_block(const struct msi *m, unsigned int order)
{
	u32 reg = m->capability + MSI_CONTROL;
	u32 control = pci_config_read(m->sbdf, reg, 2);

	pci_config_write(m->sbdf, reg, 2, (control & ~MSI_BLOCK_MASK) | order << MSI_BLOCK_SHIFT);
}

void msi_write(const struct msi *m, const struct msi_message *msg)
{
	u32 reg = m->capability + MSI_ADDRESS;

	if (m->msix) {
		/* An entry may only change while it is masked. */
		u32 control = m->table[3];

		m->table[3] = control | MSIX_MASKED;
		m->table[0] = (u32)msg->address;
		m->table[1] = (u32)(msg->address >> 32);
		m->table[2] = msg->data;
		m->table[3] = control;
		return;
	}
	/* Further members of a block share the first one's message. */
	if (m->entry)
		return;
	pci_config_write(m->sbdf, reg, 4, (u32)msg->address);
	if (m->wide)
		pci_config_write(m->sbdf, reg + 4, 4, (u32)(msg->address >> 32));
	pci_config_write(m->sbdf, reg + (m->wide ? 8 : 4), 2, msg->data);
}

void msi_set_masked(const struct msi *m, bool masked)
{
	u32 reg, bits;

	if (m->msix) {
		m->table[3] = masked ? m->table[3] | MSIX_MASKED : m->table[3] & ~MSIX_MASKED;
		(void)m->table[3]; /* the write has arrived when a read returns */
		return;
	}
	if (!m->maskable)
		return;
	reg = m->capability + MSI_ADDRESS + (m->wide ? 12 : 8);
	bits = pci_config_read(m->sbdf, reg, 4);
	bits = masked ? bits | 1u << m->entry : bits & ~(1u << m->entry);
	pci_config_write(m->sbdf, reg, 4, bits);
}

void msi_enable(const struct msi *m)
{
	u32 reg = m->capability + (m->msix ? MSIX_CONTROL : MSI_CONTROL);
	u32 control = pci_config_read(m->sbdf, reg, 2);

	if (m->msix)
		control = (control & ~MSIX_MASK_ALL) | MSIX_ENABLE;
	else
		control |= MSI_ENABLE;
	pci_config_write(m->sbdf, reg, 2, control);
}
