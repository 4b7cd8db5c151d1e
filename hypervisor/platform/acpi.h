/* SPDX-License-Identifier: MIT */
/*
 * What the firmware's ACPI tables say about this machine.
 */
#pragma once

#include "platform/acpi_parse.h"

extern struct acpi_madt acpi_madt; /* all zero if there is none */
extern struct acpi_fadt acpi_fadt;
extern u64 acpi_hpet_address; /* 0: none */
extern struct acpi_mcfg acpi_mcfg;
extern u64 acpi_rsdp; /* physical; for dom0's start information */
extern bool acpi_has_s5;
extern u8 acpi_s5_type_a, acpi_s5_type_b;

/* Find and read them; boot CPU, once, when devices can be mapped.  A machine without tables is left at one CPU. */
void acpi_init(void);

/* How ISA interrupt @source is wired: the override, or the identity. */
struct acpi_override acpi_isa_irq(u32 source);
