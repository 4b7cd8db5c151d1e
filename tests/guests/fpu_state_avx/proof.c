/* SPDX-License-Identifier: MIT */
/*
 * Claim: as fpu_state, with XSAVE and AVX.
 * CPU: max
 * LIMIT: 120
 * Proves: XSA-52
 * Proves: XSA-62
 * Proves: XSA-165
 */
#include "../fpu_state/proof.c"
