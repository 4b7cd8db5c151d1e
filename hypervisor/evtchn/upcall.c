/* SPDX-License-Identifier: MIT */
/*
 * Telling a vCPU that an event waits for it.
 */
#include "evtchn/upcall.h"

#include "sched/pause.h"

void upcall_raise(struct vcpu *v)
{
	/* Only the byte's fall to 0 is the guest's; who raises it tells the vCPU. */
	if (!atomic_xchg(&v->info->evtchn_upcall_pending, 1))
		block_kick(v);
}

void upcall_wake_pollers(struct domain *d, u32 port)
{
	u64 pollers = READ_ONCE(d->poll_vcpus);

	while (unlikely(pollers)) {
		unsigned int id = (unsigned int)__builtin_ctzll(pollers);
		struct vcpu *v = d->vcpu[id];
		u32 polled = READ_ONCE(v->poll_port);

		if (!polled || polled == port)
			block_unblock(v);
		pollers &= pollers - 1;
	}
}
