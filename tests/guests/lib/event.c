/* SPDX-License-Identifier: MIT */
/*
 * Event channels of the two-level kind, and time, for a tiny guest.
 */
#include "guest.h"

long event_op(unsigned int cmd, void *arg)
{
	return hypercall2(__HYPERVISOR_event_channel_op, cmd, PTR(arg));
}

long event_pair(u32 *other)
{
	evtchn_alloc_unbound_t a = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	evtchn_bind_interdomain_t b = { .remote_dom = DOMID_SELF };
	long rc = event_op(EVTCHNOP_alloc_unbound, &a);

	if (rc)
		return rc;
	b.remote_port = a.port;
	rc = event_op(EVTCHNOP_bind_interdomain, &b);
	if (rc)
		return rc;
	*other = a.port;
	return b.local_port;
}

long event_send(u32 port)
{
	return event_op(EVTCHNOP_send, &port);
}

long event_close(u32 port)
{
	return event_op(EVTCHNOP_close, &port);
}

bool event_pending(u32 port)
{
	volatile xen_ulong_t *words = shared_info->evtchn_pending;

	return words[port / 64] >> (port % 64) & 1;
}

void event_clear(u32 port)
{
	__atomic_fetch_and(&shared_info->evtchn_pending[port / 64], ~(1UL << (port % 64)),
			   __ATOMIC_SEQ_CST);
}

void event_mask(u32 port, bool masked)
{
	xen_ulong_t *word = &shared_info->evtchn_mask[port / 64];

	if (masked)
		__atomic_fetch_or(word, 1UL << (port % 64), __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(word, ~(1UL << (port % 64)), __ATOMIC_SEQ_CST);
}

void events_enable(bool on)
{
	volatile vcpu_info_t *info = &shared_info->vcpu_info[0];

	info->evtchn_upcall_mask = !on;
	if (on && info->evtchn_upcall_pending)
		hypercall2(__HYPERVISOR_xen_version, 0, 0);
}

u64 now_ns(void)
{
	volatile vcpu_time_info_t *t = &shared_info->vcpu_info[0].time;
	u32 version, lo, hi;
	u64 ns, delta;

	do {
		version = t->version;
		__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
		delta = ((u64)hi << 32 | lo) - t->tsc_timestamp;
		delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift : delta << t->tsc_shift;
		ns = t->system_time + (u64)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
		__asm__ volatile("" ::: "memory");
	} while (version & 1 || version != t->version);
	return ns;
}

void sleep_until(u64 ns)
{
	struct sched_poll p = { .timeout = ns };

	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &p);
}

bool wait_change(const volatile unsigned int *flag, unsigned int old, unsigned int ms)
{
	u64 end = now_ns() + ms * 1000000ULL;

	while (*flag == old)
		if (now_ns() > end)
			return false;
	return true;
}
