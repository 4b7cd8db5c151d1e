/* SPDX-License-Identifier: MIT */
/*
 * Reboot and power-off.
 */
#include "platform/reset.h"

#include "abi/error.h"
#include "console/log.h"
#include "platform/acpi.h"
#include "platform/mmio.h"
#include "platform/pci_config.h"
#include "platform/refclock.h"
#include "platform/uart.h"
#include "x86/insn.h"

/* PM1 control register, ACPI 6.4, 4.8.3.2.1. */
#define PM1_SLEEP_TYPE_SHIFT 10
#define PM1_SLEEP_TYPE	     (7u << PM1_SLEEP_TYPE_SHIFT)
#define PM1_SLEEP_ENABLE     (1u << 13)

#define PORT_RESET_CONTROL   0xcf9
#define RESET_FULL	     0x0e
#define PORT_KEYBOARD	     0x64
#define KEYBOARD_BUSY	     0x02
#define KEYBOARD_PULSE_RESET 0xfe

static void write_register(const struct acpi_register *r, u8 value)
{
	u8 *va;

	switch (r->space) {
	case ACPI_SPACE_IO: insn_outb((u16)r->address, value); break;
	case ACPI_SPACE_MEMORY:
		va = mmio_map(r->address, 1);
		if (va)
			*(volatile u8 *)va = value;
		break;
	case ACPI_SPACE_PCI: /* device, function and register of bus 0 */
		pci_config_write(
			PCI_SBDF(0, 0, ((r->address >> 32) & 0x1f) << 3 | ((r->address >> 16) & 7)),
			r->address & 0xff, 1, value);
		break;
	}
}

void __noreturn reset_machine(void)
{
	static const struct {
		u16 limit;
		u64 base;
	} __packed no_idt = { 0, 0 };

	insn_cli();
	uart_set_polled();
	if (acpi_fadt.reset.address) {
		write_register(&acpi_fadt.reset, acpi_fadt.reset_value);
		refclock_delay_us(50000);
	}
	insn_outb(PORT_RESET_CONTROL, RESET_FULL & ~0x04);
	refclock_delay_us(50);
	insn_outb(PORT_RESET_CONTROL, RESET_FULL);
	refclock_delay_us(50000);
	for (unsigned int i = 0; i < 10; i++) {
		for (unsigned int n = 0; n < 1000 && insn_inb(PORT_KEYBOARD) & KEYBOARD_BUSY; n++)
			insn_pause();
		insn_outb(PORT_KEYBOARD, KEYBOARD_PULSE_RESET);
		refclock_delay_us(1000);
	}
	/* An exception without a descriptor table is a triple fault. */
	asm volatile("lidt %0; int3" ::"m"(no_idt));
	insn_stop();
}

static bool pm1_usable(const struct acpi_register *r)
{
	return r->space == ACPI_SPACE_IO && r->address && r->address < 0x10000;
}

static void pm1_sleep(const struct acpi_register *r, u16 type)
{
	u16 keep;

	if (!pm1_usable(r))
		return;
	keep = insn_inw((u16)r->address) & (u16) ~(PM1_SLEEP_TYPE | PM1_SLEEP_ENABLE);
	insn_outw((u16)r->address, (u16)(keep | (type & PM1_SLEEP_TYPE) | PM1_SLEEP_ENABLE));
}

int reset_enter_s5(u16 pm1a, u16 pm1b)
{
	u64 flags;

	if (!pm1_usable(&acpi_fadt.pm1a_control))
		return -EOPNOTSUPP;
	uart_set_polled();
	flags = insn_irq_save();
	insn_wbinvd();
	pm1_sleep(&acpi_fadt.pm1a_control, pm1a);
	pm1_sleep(&acpi_fadt.pm1b_control, pm1b);
	refclock_delay_us(100000);
	insn_irq_restore(flags);
	return -EIO;
}

void __noreturn reset_power_off(void)
{
	if (!acpi_has_s5 || reset_enter_s5((u16)(acpi_s5_type_a << PM1_SLEEP_TYPE_SHIFT),
					   (u16)(acpi_s5_type_b << PM1_SLEEP_TYPE_SHIFT)))
		log_info("the machine cannot be switched off by software; halted\n");
	insn_stop();
}
