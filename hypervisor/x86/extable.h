/* SPDX-License-Identifier: MIT */
/*
 * Instructions that may fault on a guest's behalf, and where to go on.
 *
 * EXTABLE(from, to) in assembly or inline asm adds an entry; the trap handler
 * asks extable_find() before it calls a hypervisor fault a bug.
 */
#pragma once

#ifdef __ASSEMBLER__
/* clang-format off */
.macro EXTABLE from, to
	.pushsection .extable, "a"
	.quad \from, \to
	.popsection
.endm
/* clang-format on */
#else
#include "lib/types.h"

#define EXTABLE(from, to) \
	".pushsection .extable, \"a\"\n\t.quad " #from ", " #to "\n\t.popsection\n\t"

/* Where to continue after a fault at @rip, or 0. */
u64 extable_find(u64 rip);

/* Sort the table; once, at boot. */
void extable_init(void);

/* rdmsr that survives #GP: false if the register does not exist. */
bool extable_rdmsr(u32 msr, u64 *value) __must_check;
/* wrmsr that does nothing where it is refused. */
void extable_wrmsr(u32 msr, u64 value);
#endif
