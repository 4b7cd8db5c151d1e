/* SPDX-License-Identifier: MIT */
/* Instructions that a process may not execute. */
#pragma once

#include "lib/types.h"
#include <stdlib.h>

static inline void insn_pause(void)
{
	abort(); /* there is one CPU: waiting is for ever */
}
static inline u64 insn_irq_save(void)
{
	return 0;
}
static inline void insn_irq_restore(u64 flags)
{
	(void)flags;
}
static inline void insn_wbinvd(void)
{
}
