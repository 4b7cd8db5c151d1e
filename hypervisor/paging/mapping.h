/* SPDX-License-Identifier: MIT */
/*
 * What a present entry holds: references and uses of the frame behind it.
 */
#pragma once

#include "domain/domain.h"
#include "paging/entry.h"
#include "x86/pte.h"
#include "x86/speculation.h"

/* The domain that owns @f; the frame is referenced and its owner a real domain. */
struct domain *mapping_domain(const struct frame *f);

/* The frame that an entry for @m holds, or NULL if it is not counted RAM (MMIO). */
static inline struct frame *mapping_frame(mfn_t m)
{
	return frame_valid(m) && READ_ONCE(frame_of(m)->ref) ? frame_of(m) : NULL;
}

/* Whether @e, not present, must be refused: this processor would leak what its address names. */
static inline bool mapping_leaks(u64 e)
{
	return entry_leaks(e, speculation.l1tf_mask, speculation.l1tf_last);
}

/*
 * Take what the level-1 entry *@e needs: a reference, and a writable use if it
 * is writable.  @d: owner of the table; @owner: whose frame it must be (a
 * domid or FRAME_OWNER_*).  Memory that is no RAM needs @d's MMIO permission.
 * Memory types are taken out of *@e for RAM.  -EINVAL.
 */
int mapping_get(struct domain *d, u16 owner, u64 *e) __must_check;
/* The part of mapping_get() for what is no RAM: takes nothing, may make *@e read-only. */
int mapping_get_mmio(const struct domain *d, u16 owner, u64 *e) __must_check;
/* Give back what @e of @d's table held; the entry is gone from the table already. */
void mapping_put(const struct domain *d, u64 e);

/*
 * Likewise for an entry of a table of @level 2..4: the child is a table of
 * @level - 1 of the same domain.  mm_lock held.  -EINVAL, -EINTR.
 */
int mapping_get_child(const struct domain *d, unsigned int level, u64 e) __must_check;
/* -EINTR if the undoing of the child was preempted: call again (the reference is still there). */
int mapping_put_child(u64 e, bool preemptible);
