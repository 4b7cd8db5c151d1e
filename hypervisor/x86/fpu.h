/* SPDX-License-Identifier: MIT */
/*
 * Saving and restoring the extended processor state.
 *
 * An area is cpu_features.xsave_size bytes, 64-byte aligned (fpu_alloc).  It
 * is in FXSAVE/XSAVE standard format, the one the toolstack ABI carries.
 */
#pragma once

#include "lib/types.h"

void *fpu_alloc(void); /* zeroed-and-reset image, or NULL */
void fpu_free(void *area);
void fpu_reset(void *area); /* power-on state: FCW 0x37f, MXCSR 0x1f80 */
void fpu_save(void *area);

/*
 * Load @area; @xcr0 is the guest's XCR0.  An image that the processor refuses
 * (#GP) is replaced by the power-on state; false then.
 */
bool fpu_restore(void *area, u64 xcr0);
