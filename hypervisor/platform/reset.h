/* SPDX-License-Identifier: MIT */
/*
 * Leaving the machine: reboot and power-off.
 */
#pragma once

#include "lib/types.h"

/* Try every known way to reboot, the firmware's own first. The caller has stopped the other CPUs. */
void __noreturn reset_machine(void);

/* Soft off by the sleep types of the firmware's \_S5; halts if that does nothing. */
void __noreturn reset_power_off(void);

/*
 * Enter soft off with these PM1 control values (dom0's ACPI interpreter made
 * them); returns -errno if the machine has no such register or stays on.
 */
int reset_enter_s5(u16 pm1a, u16 pm1b);
