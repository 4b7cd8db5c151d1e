/* SPDX-License-Identifier: MIT */
/*
 * Flushing translation caches, here and elsewhere, and the flush clock.
 *
 * A frame that changes its use (writable page to page table, freed to another
 * owner) may still be in some CPU's TLB.  tlb_clock counts flushes; a frame
 * records the clock when its last mapping went (frame stamp), each CPU the
 * clock of its last full flush.  A CPU need only be flushed if it has not
 * flushed since the stamp.
 */
#pragma once

#include "lib/types.h"

/*
 * Current flush clock; store it as a frame's stamp.  Never 0.  The write that
 * took the mapping away must be ordered before (by any locked instruction).
 */
u32 tlb_clock(void);

void tlb_flush_local(void);
void tlb_flush_page_local(u64 va);

/* Full flush on every CPU of @mask, waiting. Interrupts enabled. */
void tlb_flush_mask(unsigned long mask);
void tlb_flush_page_mask(unsigned long mask, u64 va);

/* Those CPUs of @mask that have not flushed since @stamp. */
unsigned long tlb_filter(unsigned long mask, u32 stamp);

/*
 * Around a CR3 load (which is a full flush here: no global pages): what begin
 * returned before the load is given to end after it.
 */
u32 tlb_flush_begin(void);
void tlb_flush_end(u32 begun);

/* Load CR3 with the table at @table and note the flush. */
void tlb_write_cr3(mfn_t table);
