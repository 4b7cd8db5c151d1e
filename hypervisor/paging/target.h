/* SPDX-License-Identifier: MIT */
/*
 * Whose tables and whose frames a paging hypercall is about.
 */
#pragma once

#include "domain/vcpu.h"

struct target {
	struct domain *tables; /* referenced unless it is current's own */
	u16 frames;	       /* domid or FRAME_OWNER_*, whose frames may be mapped */
	struct domain *owner; /* domain of @frames, referenced unless current's own; NULL for FRAME_OWNER_* */
};

/*
 * Decode the `foreigndom` argument of mmu_update (<xen/xen.h>): bits 0-15 name
 * the owner of frames, bits 16-31, if not 0, the owner of the tables plus 1.
 * -EPERM for anything but the caller itself and, for frames, DOMID_IO, unless
 * the caller is privileged; -ESRCH.
 */
int target_get(u32 foreigndom, struct target *t) __must_check;
void target_put(struct target *t);
