/* SPDX-License-Identifier: MIT */
/*
 * The one way in which an entry of a live table changes.
 */
#pragma once

#include "domain/domain.h"
#include "frame/type.h"
#include "x86/pte.h"

enum update_mode {
	UPDATE_SET,	/* whatever was there */
	UPDATE_KEEP_AD, /* keep accessed and dirty bits of the old entry */
	UPDATE_EXACT,	/* only if the entry still is *@old; else -EAGAIN and nothing changed */
};

/*
 * Install @want in entry @index of the validated table @table (kind L1..L4) of
 * domain @d.  @owner is whose frames a level-1 entry may map (a domid or
 * FRAME_OWNER_*; d->id normally).  *@old is the entry before (input for
 * UPDATE_EXACT).  What the old one held is given back.
 *
 * d->mm_lock is held.  0; 1: done, and the old child is left for drop_finish();
 * -EINVAL; -EINTR: a child's check was preempted, nothing changed, call again.  The flush of stale translations is the guest's affair:
 * frames that lose their last use carry a stamp.
 */
int update_entry(struct domain *d, u16 owner, struct frame *table, unsigned int index, u64 want,
		 enum update_mode mode, u64 *old) __must_check;

/*
 * Level 1 only, for grant/: install an entry whose frame the caller has
 * referenced and typed.  The old entry's holdings become the caller's.
 */
int update_l1_raw(struct frame *table, unsigned int index, u64 want, u64 *old) __must_check;
