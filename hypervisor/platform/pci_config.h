/* SPDX-License-Identifier: MIT */
/*
 * PCI configuration space through ports CF8 and CFC.
 */
#pragma once

#include "lib/types.h"

/* A function's address: segment, bus, device and function in one word. */
#define PCI_SBDF(seg, bus, devfn) (((u32)(seg) << 16) | ((u32)(bus) << 8) | (u32)(devfn))

/*
 * @size is 1, 2 or 4 and divides @reg (below 256).  A function that does not
 * exist, or lies outside segment 0, reads as all ones; writes to it vanish.
 * Locks: its own (irqsave), so any context.
 */
u32 pci_config_read(u32 sbdf, u32 reg, u32 size);
void pci_config_write(u32 sbdf, u32 reg, u32 size, u32 value);

/*
 * The same by the value a guest would have written to CF8, for emulating its
 * access to port CFC + @offset.
 */
u32 pci_config_read_cf8(u32 cf8, u32 offset, u32 size);
void pci_config_write_cf8(u32 cf8, u32 offset, u32 size, u32 value);

/* Offset of capability @id of the function, or 0. */
u32 pci_config_find_capability(u32 sbdf, u8 id);
