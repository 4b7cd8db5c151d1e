/* SPDX-License-Identifier: MIT */
/*
 * Claim: time by the shared page never goes back, and the wall clock goes with it.
 * Method: many readings around hypercalls and sleeps; the version is even when at rest.
 */
#include "guest.h"

void proof(void)
{
	volatile vcpu_time_info_t *t = &shared_info->vcpu_info[0].time;
	struct sched_poll poll = { .nr_ports = 0 };
	u64 last = now_ns(), start = last, now;
	bool back = false, odd = false;
	u32 version;

	check(t->tsc_to_system_mul != 0, "there is a scale");
	for (int i = 0; i < 20000; i++) {
		if (i % 64 == 0)
			hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
		now = now_ns();
		back = back || now < last;
		odd = odd || t->version & 1;
		last = now;
	}
	check(!back, "time does not go back over 20000 readings");
	check(!odd, "the version is even whenever the guest looks");
	check(last > start, "time goes on");
	version = t->version;
	poll.timeout = now_ns() + 20000000;
	hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
	now = now_ns();
	check(now >= poll.timeout, "a sleep of 20 ms is not shorter");
	check(version % 2 == 0 && now >= last, "nor does a sleep turn time back");
	check(!(shared_info->wc_version & 1) && shared_info->wc_version, "a wall clock is there");
	/* 2020 to 2100. */
	check(shared_info->wc_sec > 1577836800 && shared_info->wc_sec < 4102444800U,
	      "of our days: %u", shared_info->wc_sec);
	check(shared_info->wc_nsec < 1000000000, "with nanoseconds below a second");
}
