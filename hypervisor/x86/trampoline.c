/* SPDX-License-Identifier: MIT */
/*
 * Placing the start-up code of other processors in low memory.
 */
#include "x86/trampoline.h"
#include "lib/string.h"
#include "x86/atomic.h"
#include "x86/insn.h"
#include "x86/layout.h"

u64 trampoline_phys;
u64 trampoline_cr3;

u8 trampoline_prepare(u64 stack, void (*entry)(void))
{
	char *copy = (char *)DIRECTMAP_START + trampoline_phys;
	struct trampoline_params *params;

	if (!trampoline_phys)
		return 0;
	/* The code relocates itself in place, so each start needs a fresh copy. */
	memcpy(copy, trampoline_start, trampoline_end - trampoline_start);
	params = (void *)(copy + ((const char *)&trampoline_params - trampoline_start));
	params->boot_cr3 = trampoline_cr3;
	params->cr3 = insn_read_cr3();
	params->stack = stack;
	params->entry = (u64)entry;
	smp_mb();
	return trampoline_phys >> PAGE_SHIFT;
}
