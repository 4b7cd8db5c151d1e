/* SPDX-License-Identifier: MIT */
/*
 * The IO-APICs (Intel 82093AA): an index and a data register, so a lock for
 * each.  The low half of every entry is kept here, which makes masking one
 * write and never a read.
 */
#include "platform/ioapic.h"

#include "console/log.h"
#include "platform/acpi.h"
#include "platform/mmio.h"
#include "x86/spinlock.h"

#define REG_INDEX	  0x00
#define REG_DATA	  0x10
#define IOAPIC_VERSION	  1
#define IOAPIC_ENTRY(pin) (0x10 + 2 * (pin)) /* low half; the high half follows */
#define MAX_PINS	  240

#define RTE_LOW	   (1u << 13)
#define RTE_LEVEL  (1u << 15)
#define RTE_MASKED (1u << 16)

struct ioapic {
	volatile u8 *regs;
	u64 base;
	u32 gsi_base;
	u32 pins;
	struct spinlock lock; /* protects: index register, low[] */
	u32 low[MAX_PINS];
};

static struct ioapic ioapics[ACPI_MAX_IOAPICS];
static unsigned int nr_ioapics;
unsigned int ioapic_nr_gsi;

static u32 read_reg(struct ioapic *io, u32 reg)
{
	*(volatile u32 *)(io->regs + REG_INDEX) = reg;
	return *(volatile u32 *)(io->regs + REG_DATA);
}

static void write_reg(struct ioapic *io, u32 reg, u32 value)
{
	*(volatile u32 *)(io->regs + REG_INDEX) = reg;
	*(volatile u32 *)(io->regs + REG_DATA) = value;
}

static struct ioapic *find(unsigned int gsi, u32 *pin)
{
	for (unsigned int i = 0; i < nr_ioapics; i++)
		if (gsi >= ioapics[i].gsi_base && gsi - ioapics[i].gsi_base < ioapics[i].pins) {
			*pin = gsi - ioapics[i].gsi_base;
			return &ioapics[i];
		}
	return NULL;
}

static void init_one(const struct acpi_ioapic *a)
{
	struct ioapic *io = &ioapics[nr_ioapics];

	io->regs = mmio_map(a->address, PAGE_SIZE);
	if (!io->regs) {
		log_err("ioapic: cannot map the one at %#lx\n", a->address);
		return;
	}
	io->base = a->address;
	io->gsi_base = a->gsi_base;
	io->pins = ((read_reg(io, IOAPIC_VERSION) >> 16) & 0xff) + 1;
	if (io->pins > MAX_PINS || io->gsi_base > 4096) {
		log_err("ioapic: the one at %#lx does not answer\n", a->address);
		return;
	}
	for (u32 pin = 0; pin < io->pins; pin++) {
		io->low[pin] = RTE_MASKED;
		write_reg(io, IOAPIC_ENTRY(pin), RTE_MASKED);
	}
	ioapic_nr_gsi = MAX(ioapic_nr_gsi, io->gsi_base + io->pins);
	nr_ioapics++;
	log_info("ioapic: %#lx, GSI %u-%u\n", io->base, io->gsi_base, io->gsi_base + io->pins - 1);
}

void ioapic_init(void)
{
	for (unsigned int i = 0; i < acpi_madt.nr_ioapics; i++)
		init_one(&acpi_madt.ioapics[i]);
}

bool ioapic_has(unsigned int gsi)
{
	u32 pin;

	return find(gsi, &pin) != NULL;
}

void ioapic_route(unsigned int gsi, u8 vector, u32 dest, bool level, bool active_low)
{
	u32 pin, low = RTE_MASKED | vector;
	struct ioapic *io = find(gsi, &pin);

	if (!io)
		return;
	if (level)
		low |= RTE_LEVEL;
	if (active_low)
		low |= RTE_LOW;
	SPIN_HOLD_IRQ(&io->lock);
	write_reg(io, IOAPIC_ENTRY(pin), low);
	write_reg(io, IOAPIC_ENTRY(pin) + 1, dest << 24);
	io->low[pin] = low;
}

void ioapic_aim(unsigned int gsi, u32 dest)
{
	u32 pin;
	struct ioapic *io = find(gsi, &pin);

	if (!io)
		return;
	SPIN_HOLD_IRQ(&io->lock);
	write_reg(io, IOAPIC_ENTRY(pin) + 1, dest << 24);
}

void ioapic_set_masked(unsigned int gsi, bool masked)
{
	u32 pin;
	struct ioapic *io = find(gsi, &pin);

	if (!io)
		return;
	SPIN_HOLD_IRQ(&io->lock);
	io->low[pin] = masked ? io->low[pin] | RTE_MASKED : io->low[pin] & ~RTE_MASKED;
	write_reg(io, IOAPIC_ENTRY(pin), io->low[pin]);
}

bool ioapic_read(u64 base, u32 reg, u32 *value)
{
	for (unsigned int i = 0; i < nr_ioapics; i++) {
		struct ioapic *io = &ioapics[i];

		if (io->base != base || reg >= IOAPIC_ENTRY(io->pins))
			continue;
		SPIN_HOLD_IRQ(&io->lock);
		*value = read_reg(io, reg);
		return true;
	}
	return false;
}
