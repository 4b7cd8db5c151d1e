/* SPDX-License-Identifier: MIT */
/*
 * Tables whose last use went where nothing can be restarted: their undoing is
 * put off to the way out to the guest, which may use the frame at once.
 */
#pragma once

#include "domain/vcpu.h"

/*
 * Give back the child of the upper-level entry @e, which no table holds any
 * more; what is not done quickly is kept in current->dropping, and then true.
 * mm_lock held.
 */
bool drop_child(u64 e);

/* The same for a root. */
void drop_root(mfn_t m);

/*
 * Go on with what @v left over; -EINTR if there is still some.  The exit path
 * calls it until there is none: a table is left over only if a softirq waits,
 * so that exit is never the short one.  Takes the mm_lock concerned.
 */
int drop_finish(struct vcpu *v);
