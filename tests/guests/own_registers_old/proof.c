/* SPDX-License-Identifier: MIT */
/*
 * Claim: as own_registers, on a processor that has no instructions for segment bases.
 * CPU: qemu64
 * LIMIT: 90
 */
#include "../own_registers/proof.c"
