/* SPDX-License-Identifier: MIT */
/*
 * Who may do what to whom: one predicate over (caller, target, operation).
 *
 * Control and hardware operations as a whole (domctl, sysctl, platform_op ...) are
 * for the privileged domain; the operations here are those that any domain may
 * call, on itself or on others by right.
 */
#pragma once

#include "domain/domain.h"

enum policy_op {
	POLICY_OWN,	     /* what concerns the caller alone */
	POLICY_CONTROL,	     /* domctl, sysctl, platform_op ... */
	POLICY_HARDWARE,     /* physical CPUs and devices */
	POLICY_EVTCHN_ALLOC, /* alloc_unbound in the target */
	POLICY_EVTCHN_BIND,  /* bind_interdomain to a port of the target */
	POLICY_EVTCHN_STATUS,
	POLICY_EVTCHN_RESET,
	POLICY_REMOTE_SHUTDOWN,
	POLICY_MAP_FOREIGN, /* frames of the target in page tables */
	POLICY_MEMORY,	    /* reservations of the target */
	POLICY_GRANT_SETUP, /* the target's grant table */
	POLICY_PIRQ,	    /* device interrupts of the target */
	NR_POLICY_OPS,
};

/* @target may equal @caller; it is ignored (and may be NULL) for OWN, CONTROL and HARDWARE. */
bool policy_allows(const struct domain *caller, const struct domain *target, enum policy_op op);

/*
 * The domain named @domid (DOMID_SELF allowed) for @op by current's domain,
 * referenced, in *@target.  -ESRCH: no such domain; -EPERM.
 */
int policy_target(u16 domid, enum policy_op op, struct domain **target) __must_check;
