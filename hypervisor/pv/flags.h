/* SPDX-License-Identifier: MIT */
/*
 * What a guest may put into its flags and selectors; pure.
 */
#pragma once

#include "x86/regs.h"

/* CF PF AF ZF SF TF DF OF NT RF AC ID: harmless at CPL 3. */
#define FLAGS_GUEST 0x254dd5UL

/*
 * A guest always runs with interrupts enabled and without I/O privilege; its
 * own idea of both is kept elsewhere.
 */
static inline u64 flags_sanitise(u64 rflags)
{
	return (rflags & FLAGS_GUEST) | RFLAGS_RES1 | RFLAGS_IF;
}

/* Every selector that a guest runs with has RPL 3. */
static inline u16 flags_selector(u64 sel)
{
	return (u16)(sel | 3);
}
