/* SPDX-License-Identifier: MIT */
/*
 * Claim: a guest that masks its events is not interrupted, and one that unmasks loses none.
 * Method: send to oneself under the mask; unmask and make the hottest call of all.
 */
#include "guest.h"

static struct trap seen;
static unsigned int calls;

static void on_event(struct trap *t)
{
	seen = *t;
	calls++;
	/* The upcall runs masked. */
	if (!shared_info->vcpu_info[0].evtchn_upcall_mask)
		check(false, "an upcall without the mask");
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
}

void proof(void)
{
	volatile vcpu_info_t *info = &shared_info->vcpu_info[0];
	u32 far = 0, near = (u32)event_pair(&far);

	check(info->evtchn_upcall_mask, "a guest starts masked");
	trap_set(TRAP_EVENT, on_event);
	event_clear(near);
	event_mask(near, false);
	info->evtchn_pending_sel = 0;
	info->evtchn_upcall_pending = 0;
	event_send(far);
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
	check(info->evtchn_upcall_pending && calls == 0, "masked: pending, not told");
	info->evtchn_upcall_mask = 0;
	hypercall2(__HYPERVISOR_xen_version, 0, 0);
	check(calls == 1, "unmasked: told at the next call");
	check(!info->evtchn_upcall_mask, "and unmasked again behind it");
	check((seen.cs & 3) == 0 && !(seen.cs >> 32 & 0xff), "the frame says: kernel, unmasked");
	check(seen.rflags & 0x200, "its flags have IF");
	hypercall2(__HYPERVISOR_xen_version, 0, 0);
	check(calls == 1, "it is told once");
	event_clear(near);
	event_send(far);
	check(calls == 2, "unmasked: told at once");
	info->evtchn_upcall_mask = 1;
	event_clear(near);
	event_send(far);
	check(calls == 2, "masked again: not");
	info->evtchn_upcall_mask = 0xff;
	hypercall2(__HYPERVISOR_xen_version, 0, 0);
	check(calls == 2, "any value but zero masks");
}
