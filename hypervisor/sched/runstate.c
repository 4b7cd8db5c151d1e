/* SPDX-License-Identifier: MIT */
/*
 * Accounting of a vCPU's time by state.
 */
#include "sched/runstate.h"

#include "sched/state.h"
#include "time/clock.h"
#include "x86/usercopy.h"

void runstate_change(struct vcpu *v, int state, u64 now)
{
	vcpu_runstate_info_t *r = &v->runstate;

	if (r->state == state)
		return;
	/* Clocks of two CPUs may differ by a little; time spent is never negative. */
	if ((s64)(now - r->state_entry_time) > 0) {
		r->time[r->state] += now - r->state_entry_time;
		r->state_entry_time = now;
	}
	r->state = state;
}

void runstate_get(struct vcpu *v, vcpu_runstate_info_t *out)
{
	u64 flags, now = clock_now();
	struct sched_cpu *sc = sched_lock_vcpu(v, &flags);

	*out = v->runstate;
	spin_unlock_irqrestore(&sc->lock, flags);
	if ((s64)(now - out->state_entry_time) > 0)
		out->time[out->state] += now - out->state_entry_time;
}

/*
 * With the assist XEN_RUNSTATE_UPDATE is set in the guest's copy while it is
 * written: bit 63 of state_entry_time, so in that field's last byte.
 */
static void copy_flagged(gaddr_t area, const vcpu_runstate_info_t *r)
{
	const u64 last = offsetof(vcpu_runstate_info_t, state_entry_time) + 7;
	vcpu_runstate_info_t copy = *r;
	u8 byte;

	copy.state_entry_time |= XEN_RUNSTATE_UPDATE;
	byte = (u8)(copy.state_entry_time >> 56);
	if (usercopy_to(gaddr(area.v + last), &byte, 1))
		return;
	smp_wmb();
	if (usercopy_to(area, &copy, sizeof(copy)))
		return;
	smp_wmb();
	byte = (u8)(r->state_entry_time >> 56);
	if (usercopy_to(gaddr(area.v + last), &byte, 1))
		return;
}

void runstate_update_guest(struct vcpu *v)
{
	vcpu_runstate_info_t r;
	gaddr_t area = v->runstate_area;

	if (!area.v)
		return;
	/* Only its CPU changes a running vCPU's runstate. */
	r = v->runstate;
	if (v->domain->vm_assist_runstate_flag)
		copy_flagged(area, &r);
	else if (usercopy_to(area, &r, sizeof(r)))
		return; /* the guest unmapped it: nothing to tell it */
}
