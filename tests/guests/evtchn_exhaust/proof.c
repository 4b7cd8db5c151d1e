/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest that takes every channel gets an error at the end, and all of them back by a reset (XSA-317, XSA-344).
 * Attack: allocate until it fails, reset, three times.
 * Proves: event_channel_op.EVTCHNOP_alloc_unbound ok refused, event_channel_op.EVTCHNOP_reset ok
 * Proves: XSA-317, XSA-344
 */
#include "guest.h"

void proof(void)
{
	evtchn_reset_t reset = { .dom = DOMID_SELF };
	long first = 0;

	for (int pass = 0; pass < 3; pass++) {
		evtchn_alloc_unbound_t op = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
		long n = 0, rc;

		while (n < 200000) {
			rc = event_op(EVTCHNOP_alloc_unbound, &op);
			if (rc)
				break;
			n++;
		}
		check(rc == -GUEST_ENOSPC && n >= 1000, "%ld channels, then no space", n);
		first = first ? first : n;
		check_is(n, first, "as many as the first time");
		check_is(event_op(EVTCHNOP_reset, &reset), 0, "reset");
	}
}
