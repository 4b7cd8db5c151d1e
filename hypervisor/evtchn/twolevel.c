/* SPDX-License-Identifier: MIT */
/*
 * Two-level delivery.
 *
 * The words are the guest's to change at any time; each is touched by one
 * atomic operation, and nothing is concluded from a second look.
 */
#include "evtchn/twolevel.h"

#include "evtchn/upcall.h"

static void select_and_upcall(struct vcpu *v, u32 port)
{
	if (!atomic_test_and_set_bit(&v->info->evtchn_pending_sel, port / 64))
		upcall_raise(v);
}

void twolevel_raise(struct domain *d, struct vcpu *v, u32 port)
{
	shared_info_t *s = d->shared;

	if (port >= EVTCHN_2L_NR_CHANNELS || atomic_test_and_set_bit(s->evtchn_pending, port))
		return;
	if (!test_bit(s->evtchn_mask, port))
		select_and_upcall(v, port);
	upcall_wake_pollers(d, port);
}

void twolevel_clear(struct domain *d, u32 port)
{
	if (port < EVTCHN_2L_NR_CHANNELS)
		atomic_clear_bit(d->shared->evtchn_pending, port);
}

void twolevel_unmask(struct domain *d, struct vcpu *v, u32 port)
{
	shared_info_t *s = d->shared;

	if (port < EVTCHN_2L_NR_CHANNELS && atomic_test_and_clear_bit(s->evtchn_mask, port) &&
	    test_bit(s->evtchn_pending, port))
		select_and_upcall(v, port);
}

bool twolevel_pending(struct domain *d, u32 port)
{
	return port < EVTCHN_2L_NR_CHANNELS && test_bit(d->shared->evtchn_pending, port);
}

bool twolevel_masked(struct domain *d, u32 port)
{
	return port >= EVTCHN_2L_NR_CHANNELS || test_bit(d->shared->evtchn_mask, port);
}
