/* SPDX-License-Identifier: MIT */
/*
 * Which bits of a guest's page-table entry are acceptable, and what we make
 * of them.  Pure arithmetic; what the entry refers to is checked elsewhere.
 */
#pragma once

#include "x86/layout.h"
#include "x86/pte.h"

#define ENTRY_AD    (PTE_ACCESSED | PTE_DIRTY)
#define ENTRY_CACHE (PTE_PWT | PTE_PCD | PTE_PAT)

/*
 * Whether a present entry of a table of @level (1..4) may be installed on a
 * processor that reserves the address bits @reserved.  Large pages are refused
 * at levels 2 and 3; bit 7 is reserved at level 4.
 */
static inline bool entry_ok(unsigned int level, u64 e, u64 reserved)
{
	return !(e & (level == 1 ? reserved : reserved | PTE_PSE));
}

/*
 * Whether an entry that is not present (of any level) lets a processor with
 * the L1 terminal fault read memory from its cache: the fault comes only after
 * the bits @mask of the address were looked up there.  @last is the last byte
 * that may be cached; 0 asks nothing.  Address 0 is what empty entries have.
 * A kernel that knows of the fault inverts the address bits of what it keeps
 * in such entries, which leads beyond all memory.
 */
static inline bool entry_leaks(u64 e, u64 mask, u64 last)
{
	return (e & mask) - 1 < last;
}

/*
 * The entry as the processor will see it.  Guest kernels run at CPL 3, so
 * every mapping is a user mapping; global ones would outlive a CR3 load, by
 * which kernel mappings leave user mode.  Above level 1 the cache bits are of
 * the table below, which the processor must see as we do, in the caches.
 */
static inline u64 entry_fix(unsigned int level, u64 e)
{
	e &= ~(level == 1 ? PTE_GLOBAL : PTE_PWT | PTE_PCD);
	return e | PTE_USER;
}

/* Whether slot @index of a table of @level belongs to the hypervisor. */
static inline bool entry_slot_reserved(unsigned int level, unsigned int index)
{
	return level == 4 && index >= HV_SLOT_FIRST && index <= HV_SLOT_LAST;
}
