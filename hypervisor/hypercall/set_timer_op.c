/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_set_timer_op: the one-shot timer of the calling vCPU.
 */
#include "hypercall/table.h"
#include "pv/pv.h"
#include "time/clock.h"

/* A guest that asks for a time beyond reason has computed with a negative one. */
#define FAR_FUTURE_SHIFT 50
#define SOON_NS		 100000000

long hypercall_set_timer_op(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	u64 now = clock_now();

	if (!a1) {
		vcpu_time_stop_singleshot(current);
		return 0;
	}
	if (a1 > now && (a1 - now) >> FAR_FUTURE_SHIFT)
		a1 = now + SOON_NS;
	return vcpu_time_set_singleshot(current, a1, 0);
}
