/* SPDX-License-Identifier: MIT */
/*
 * Claim: an event sent to one end of a channel is pending at the other, once, and told once.
 * Method: a channel to oneself: send, mask, unmask, take, close.
 * Proves: event_channel_op.EVTCHNOP_bind_interdomain ok refused
 * Proves: event_channel_op.EVTCHNOP_unmask ok, event_channel_op.EVTCHNOP_status ok
 * Proves: event_channel_op.EVTCHNOP_close ok refused
 */
#include "guest.h"

static long status_of(u32 port)
{
	evtchn_status_t s = { .dom = DOMID_SELF, .port = port };

	return event_op(EVTCHNOP_status, &s) ? -1 : (long)s.status;
}

void proof(void)
{
	evtchn_bind_interdomain_t again = { .remote_dom = DOMID_SELF };
	unsigned int before;
	u32 far = 0, port;
	long near;

	near = event_pair(&far);
	check(near > 0 && far > 0 && near != far, "a channel: ports %ld and %u", near, far);
	port = (u32)near;
	check_is(status_of(port), EVTCHNSTAT_interdomain, "its status");
	again.remote_port = far;
	check(event_op(EVTCHNOP_bind_interdomain, &again) < 0, "it cannot be bound again");
	event_clear(port);
	event_clear(far);
	event_mask(port, false);
	event_mask(far, false);
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	events_enable(true);
	before = upcalls;
	check_is(event_send(far), 0, "send");
	check(event_pending(port) && !event_pending(far), "it is pending at the other end only");
	check(upcalls == before + 1, "with one upcall");
	check(event_send(far) == 0 && upcalls == before + 1, "a second one is the same event");
	event_clear(port);
	shared_info->vcpu_info[0].evtchn_pending_sel = 0;
	event_mask(port, true);
	check(event_send(far) == 0 && event_pending(port), "masked, it is pending");
	check(upcalls == before + 1, "without an upcall");
	check_is(event_op(EVTCHNOP_unmask, &port), 0, "unmask");
	check(upcalls == before + 2, "brings the upcall");
	event_clear(port);
	check_is(event_send(port), 0, "the other way");
	check(event_pending(far) && !event_pending(port), "is pending at the other end");
	check_is(event_close(far), 0, "close one end");
	check_is(status_of(port), EVTCHNSTAT_unbound, "the other is unbound");
	check_is(status_of(far), EVTCHNSTAT_closed, "the closed one is closed");
	check(event_send(port) == 0 || event_send(port) == -GUEST_EINVAL, "a send goes nowhere");
	again.remote_port = port;
	check_is(event_op(EVTCHNOP_bind_interdomain, &again), 0, "and it can be bound again");
	check(event_close(port) == 0 && event_close(again.local_port) == 0, "close both");
	check(event_close(port) < 0, "but once");
}
