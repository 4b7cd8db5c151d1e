/* SPDX-License-Identifier: MIT */
/*
 * Free frames: a buddy allocator with address zones, and small objects.
 *
 * Zones are by address width, so that dom0 can ask for frames below 4 GiB
 * (swiotlb) and allocation prefers high memory, leaving the low zones for
 * those who need them.
 */
#pragma once

#include "lib/types.h"

/* What the machine has, before anything is added: @frames of RAM, the highest of them @highest. */
void alloc_init(u64 frames, mfn_t highest);

/*
 * Hand the free RAM [start, end) (machine addresses) to the allocator: at boot,
 * and later what only the boot needed (modules, init sections).
 */
void alloc_add_range(u64 start, u64 end);

/*
 * 2^@order contiguous frames (naturally aligned), all below 2^@bits bytes (0:
 * anywhere).  Content is undefined if !@zero.  Returns INVALID_MFN when there
 * is none.  Locks: its own.
 *
 * A freed frame's stamp says until when a TLB may hold the former owner's
 * mapping; those CPUs are flushed here, before the frame is anybody else's.
 * Hence interrupts are enabled (or no other CPU is up).
 */
mfn_t alloc_frames(unsigned int order, unsigned int bits, bool zero) __must_check;
/* For who zeroes them bit by bit: *@dirty is what is preferred, then whether they are to be zeroed. */
mfn_t alloc_frames_unclean(unsigned int order, unsigned int bits, bool *dirty) __must_check;
void alloc_free_frames(mfn_t first, unsigned int order);

/*
 * For a CPU with nothing to do: clean some free memory, until a softirq is
 * pending or somebody needs the memory at once.  Returns false when there was
 * nothing to clean.  Interrupts are enabled.
 */
bool alloc_scrub(void);

/*
 * No cleaning between the two: much is being freed frame by frame, and each
 * would be cleaned alone, at the price of a flush, before it finds its buddy.
 */
void alloc_scrub_hold(void);
void alloc_scrub_resume(void);

u64 alloc_free_count(void);  /* free frames now */
u64 alloc_total_count(void); /* RAM frames the machine has */
mfn_t alloc_max_mfn(void);   /* highest RAM frame */

/* One zeroed hypervisor page as a pointer into the direct map, or NULL. */
void *alloc_page(void) __must_check;
void alloc_free_page(void *page);

/* Zeroed memory of any size, 16-byte aligned (whole pages: page-aligned); NULL if none. */
void *alloc_bytes(size_t size) __must_check;
void alloc_free_bytes(void *p);
