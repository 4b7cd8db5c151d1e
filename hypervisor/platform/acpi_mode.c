/* SPDX-License-Identifier: MIT */
/*
 * ACPI mode, ACPI 6.4, 4.8.2.5 and 16.3.2.
 */
#include "platform/acpi_mode.h"
#include "console/log.h"
#include "platform/acpi.h"
#include "platform/refclock.h"
#include "x86/insn.h"

#define PM1_SCI_ENABLE	     1
#define ACPI_MODE_TIMEOUT_US 300000
#define ACPI_MODE_STEP_US    100

static bool acpi_mode_on(void)
{
	return insn_inw((u16)acpi_fadt.pm1a_control.address) & PM1_SCI_ENABLE;
}

void acpi_mode_enter(void)
{
	const struct acpi_register *r = &acpi_fadt.pm1a_control;

	if (!r->address || r->space != ACPI_SPACE_IO || !acpi_fadt.smi_cmd ||
	    acpi_fadt.smi_cmd > 0xffff || !acpi_fadt.enable_value || acpi_mode_on())
		return;
	insn_outb((u16)acpi_fadt.smi_cmd, acpi_fadt.enable_value);
	for (unsigned int us = 0; us < ACPI_MODE_TIMEOUT_US; us += ACPI_MODE_STEP_US) {
		if (acpi_mode_on())
			return;
		refclock_delay_us(ACPI_MODE_STEP_US);
	}
	log_warn("acpi: the firmware did not hand over; dom0 will do without ACPI\n");
}
