/* SPDX-License-Identifier: MIT */
/*
 * Taking the power-management hardware over from the firmware.
 */
#pragma once

/*
 * Switch the chipset to ACPI mode if it is not in it.  The control domain
 * cannot: the port that asks the firmware is not one it may write.  Boot, once,
 * after acpi_init() and refclock_init().
 */
void acpi_mode_enter(void);
