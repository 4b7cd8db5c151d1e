/* SPDX-License-Identifier: MIT */
/*
 * PCI configuration space through ports CF8 and CFC (PCI Local Bus 3.0,
 * section 3.2.2.3.2): an address latch and a data window, so one lock.
 */
#include "platform/pci_config.h"

#include "x86/spinlock.h"

#define PORT_ADDRESS 0xcf8
#define PORT_DATA    0xcfc
#define CF8_ENABLE   0x80000000u

#define REG_STATUS	    0x06
#define STATUS_CAPABILITIES 0x10
#define REG_CAPABILITIES    0x34
/* A list longer than the space holds is a loop. */
#define MAX_CAPABILITIES 48

static struct spinlock config_lock = SPINLOCK_INIT;

u32 pci_config_read_cf8(u32 cf8, u32 offset, u32 size)
{
	u16 port = (u16)(PORT_DATA + (offset & 3));

	SPIN_HOLD_IRQ(&config_lock);
	insn_outl(PORT_ADDRESS, cf8);
	switch (size) {
	case 1: return insn_inb(port);
	case 2: return insn_inw(port);
	default: return insn_inl(port);
	}
}

void pci_config_write_cf8(u32 cf8, u32 offset, u32 size, u32 value)
{
	u16 port = (u16)(PORT_DATA + (offset & 3));

	SPIN_HOLD_IRQ(&config_lock);
	insn_outl(PORT_ADDRESS, cf8);
	switch (size) {
	case 1: insn_outb(port, (u8)value); break;
	case 2: insn_outw(port, (u16)value); break;
	default: insn_outl(port, value); break;
	}
}

static u32 address(u32 sbdf, u32 reg)
{
	return CF8_ENABLE | (sbdf & 0xffff) << 8 | (reg & 0xfc);
}

u32 pci_config_read(u32 sbdf, u32 reg, u32 size)
{
	if (sbdf >> 16 || reg >= 256)
		return size == 1 ? 0xff : size == 2 ? 0xffff : ~0u;
	return pci_config_read_cf8(address(sbdf, reg), reg, size);
}

void pci_config_write(u32 sbdf, u32 reg, u32 size, u32 value)
{
	if (sbdf >> 16 || reg >= 256)
		return;
	pci_config_write_cf8(address(sbdf, reg), reg, size, value);
}

u32 pci_config_find_capability(u32 sbdf, u8 id)
{
	u32 pos;

	if (pci_config_read(sbdf, 0, 2) == 0xffff ||
	    !(pci_config_read(sbdf, REG_STATUS, 2) & STATUS_CAPABILITIES))
		return 0;
	pos = pci_config_read(sbdf, REG_CAPABILITIES, 1) & ~3u;
	for (unsigned int i = 0; pos >= 0x40 && i < MAX_CAPABILITIES; i++) {
		if (pci_config_read(sbdf, pos, 1) == id)
			return pos;
		pos = pci_config_read(sbdf, pos + 1, 1) & ~3u;
	}
	return 0;
}
