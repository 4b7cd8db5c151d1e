/* SPDX-License-Identifier: MIT */
/*
 * Port accesses on behalf of current.  PCI configuration space is a register
 * pair that we use ourselves, so it is emulated, with an address register of
 * each domain's own; all else goes to the device or nowhere.
 */
#include "pv/ioport.h"

#include "domain/access.h"
#include "domain/policy.h"
#include "platform/pci_config.h"
#include "smp/tlb.h"
#include "x86/usercopy.h"

#define PORT_PCI_ADDRESS 0xcf8
#define PORT_PCI_DATA	 0xcfc

static u32 mask_of(u32 size)
{
	return size == 4 ? ~0u : (1u << (size * 8)) - 1;
}

/* The bitmap is the kernel's: a user-mode access needs its address space. */
static bool bitmap_permits(struct vcpu *v, u32 port, u32 size)
{
	u8 bytes[2] = { 0xff, 0xff };
	size_t left;
	u32 n = port + size <= (port & ~7u) + 8 ? 1 : 2;

	if (!v->iobmp_va.v || port + size > v->iobmp_bits)
		return false;
	if (!v->in_kernel)
		tlb_write_cr3(v->root);
	left = usercopy_from(bytes, gaddr(v->iobmp_va.v + port / 8), n);
	if (!v->in_kernel)
		tlb_write_cr3(v->root_user);
	if (left)
		return false;
	return !((((u32)bytes[1] << 8 | bytes[0]) >> (port & 7)) & ((1u << size) - 1));
}

bool ioport_permitted(struct vcpu *v, u32 port, u32 size)
{
	if (v->iopl >= (v->in_kernel ? 1 : 3))
		return true;
	return bitmap_permits(v, port, size);
}

static bool is_pci_data(u32 port, u32 size)
{
	return port >= PORT_PCI_DATA && port + size <= PORT_PCI_DATA + 4 && !(port & (size - 1));
}

u32 ioport_in(struct vcpu *v, u32 port, u32 size)
{
	struct domain *d = v->domain;

	if (port == PORT_PCI_ADDRESS && size == 4)
		return READ_ONCE(d->pci_address);
	if (is_pci_data(port, size) && policy_allows(d, NULL, POLICY_HARDWARE))
		return pci_config_read_cf8(READ_ONCE(d->pci_address), port - PORT_PCI_DATA, size);
	if (!access_port(d, port, size))
		return mask_of(size);
	switch (size) {
	case 1: return insn_inb((u16)port);
	case 2: return insn_inw((u16)port);
	default: return insn_inl((u16)port);
	}
}

void ioport_out(struct vcpu *v, u32 port, u32 size, u32 value)
{
	struct domain *d = v->domain;

	if (port == PORT_PCI_ADDRESS && size == 4) {
		WRITE_ONCE(d->pci_address, value);
		return;
	}
	if (is_pci_data(port, size) && policy_allows(d, NULL, POLICY_HARDWARE)) {
		pci_config_write_cf8(READ_ONCE(d->pci_address), port - PORT_PCI_DATA, size,
				     value & mask_of(size));
		return;
	}
	if (!access_port(d, port, size))
		return;
	switch (size) {
	case 1: insn_outb((u16)port, (u8)value); break;
	case 2: insn_outw((u16)port, (u16)value); break;
	default: insn_outl((u16)port, value); break;
	}
}
