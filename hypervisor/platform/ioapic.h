/* SPDX-License-Identifier: MIT */
/*
 * The IO-APICs: one redirection entry for each interrupt line (GSI).
 */
#pragma once

#include "lib/types.h"

/* Lines of all IO-APICs: GSIs 0 .. ioapic_nr_gsi-1 (holes included). */
extern unsigned int ioapic_nr_gsi;

/* Map those that the MADT names and mask all their lines; boot CPU. */
void ioapic_init(void);

/* Whether an IO-APIC has this line. */
bool ioapic_has(unsigned int gsi);

/* Program the line, masked: fixed delivery of @vector to the APIC @dest (physical, 8 bits). */
void ioapic_route(unsigned int gsi, u8 vector, u32 dest, bool level, bool active_low);
/* Send the line to the APIC @dest from now on; works while it is in use. */
void ioapic_aim(unsigned int gsi, u32 dest);
void ioapic_set_masked(unsigned int gsi, bool masked);

/* A register of the IO-APIC at physical address @base, as dom0 reads it. False if there is no such. */
bool ioapic_read(u64 base, u32 reg, u32 *value);
