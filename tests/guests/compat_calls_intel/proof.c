/* SPDX-License-Identifier: MIT */
/*
 * Claim: as compat_calls, on a processor of Intel's.
 * CPU: max,vendor=GenuineIntel
 * LIMIT: 60
 * Proves: XSA-204
 * Proves: XSA-339
 */
#include "../compat_calls/proof.c"
