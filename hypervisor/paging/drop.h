/* SPDX-License-Identifier: MIT */
/*
 * Tables whose last use went where nothing can be restarted: their undoing is
 * put off to the next preemption point.
 */
#ifndef PAGING_DROP_H
#define PAGING_DROP_H

#include "domain/vcpu.h"

/*
 * Give back the child of the upper-level entry @e, which no table holds any
 * more; what is not done quickly is kept in current->dropping.  mm_lock held.
 */
void drop_child(u64 e);

/* The same for a root. */
void drop_root(mfn_t m);

/*
 * Go on with what @v left over; -EINTR if there is still some.  Every paging
 * hypercall begins with it.  Takes the mm_lock concerned.
 */
int drop_finish(struct vcpu *v) __must_check;

#endif
