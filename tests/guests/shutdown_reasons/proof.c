/* SPDX-License-Identifier: MIT */
/*
 * Claim: a domain that shuts down stops and is not gone; dom0 is told, and finds the reason it gave.
 * Attack: a reason announced earlier, a second shutdown, a shutdown from outside, of domains that do not exist.
 * Defence: lifecycle/shutdown.c: the first reason stands, vCPUs stay paused until the domain is resumed.
 *
 * Proves: sched_op.SCHEDOP_shutdown ok refused
 * Proves: sched_op.SHUTDOWN_poweroff ok, sched_op.SHUTDOWN_reboot ok, sched_op.SHUTDOWN_crash ok
 * Proves: sched_op.SHUTDOWN_suspend ok
 * Proves: sched_op.SCHEDOP_shutdown_code ok
 * Proves: sched_op.SCHEDOP_remote_shutdown ok refused
 * Proves: domctl.XEN_DOMCTL_resumedomain ok
 */
#include "guest.h"

/* Words of the page shared with a domain. */
enum { REASON, ANNOUNCED, RESULT, TURNS };

#define NONE 100

static struct domu u;
static evtchn_port_t port;

static long sched(u32 cmd, u32 reason)
{
	struct sched_shutdown s = { .reason = reason };

	return hypercall2(__HYPERVISOR_sched_op, cmd, &s);
}

/* The domain: shuts down twice, and counts if it ever goes on. */
static void ends(volatile u64 *shared, unsigned int vcpu)
{
	(void)vcpu;
	if (shared[REASON] != NONE) {
		if (shared[ANNOUNCED] != NONE)
			sched(SCHEDOP_shutdown_code, (u32)shared[ANNOUNCED]);
		shared[RESULT] = (u64)sched(SCHEDOP_shutdown, (u32)shared[REASON]);
	}
	for (;;)
		shared[TURNS]++;
}

static u32 flags(void)
{
	return domctl_zero(XEN_DOMCTL_getdomaininfo, u.id) ? 0 : domctl_op.u.getdomaininfo.flags;
}

static bool stops(void)
{
	for (int i = 0; i < 2000 && !(flags() & XEN_DOMINF_shutdown); i++)
		sleep_until(now_ns() + 1000000);
	return flags() & XEN_DOMINF_shutdown;
}

static u32 code(void)
{
	return flags() >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
}

/* Whether it makes turns, now. */
static bool turns(void)
{
	for (int i = 0; i < 200; i++) {
		u64 before = u.shared[TURNS];

		sleep_until(now_ns() + 1000000);
		if (u.shared[TURNS] != before)
			return true;
	}
	return false;
}

static void start(u32 reason, u32 announced)
{
	if (domu_create(&u, 1, ends)) {
		check(false, "a domain is made");
		finish();
	}
	u.shared[REASON] = reason;
	u.shared[ANNOUNCED] = announced;
	event_clear(port);
	domu_unpause(&u);
}

static void by_itself(u32 reason, u32 announced, const char *what)
{
	u32 want = announced == NONE ? reason : announced;
	u64 spent;

	start(reason, announced);
	check(stops(), "it stops for %s", what);
	check_is(code(), want, "its code");
	check(event_pending(port), "dom0 is told");
	spent = domu_cpu_time(&u);
	check(!turns() && domu_cpu_time(&u) == spent, "it does not go on");
	if (want == SHUTDOWN_suspend) {
		check_is(domctl_zero(XEN_DOMCTL_resumedomain, u.id), 0, "it is resumed");
		check(turns() && !(flags() & XEN_DOMINF_shutdown), "and goes on");
		check_is((long)u.shared[RESULT], 0, "its call returned");
	}
	domu_destroy(&u);
}

static long remote(u16 id, u32 reason)
{
	struct sched_remote_shutdown r = { .domain_id = id, .reason = reason };

	return hypercall2(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &r);
}

static void from_outside(void)
{
	start(NONE, NONE);
	check(turns(), "one that does not think of its end");
	check_is(remote(u.id, SHUTDOWN_suspend), 0, "dom0 shuts it down");
	check(stops() && code() == SHUTDOWN_suspend && event_pending(port), "it has stopped");
	check(!turns(), "and does nothing");
	check_is(remote(u.id, SHUTDOWN_crash), 0, "a second time");
	check_is(code(), SHUTDOWN_suspend, "changes nothing");
	check_is(domctl_zero(XEN_DOMCTL_resumedomain, u.id), 0, "resumed");
	check(turns(), "it goes on");
	check_is(remote(u.id, SHUTDOWN_reboot), 0, "shut down again");
	check(stops() && code() == SHUTDOWN_reboot, "for another reason");
	domu_destroy(&u);
	check_is(remote(u.id, SHUTDOWN_poweroff), -GUEST_ESRCH, "it is gone");
	check_is(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, 0xdead0000),
		 -GUEST_EFAULT, "somebody nowhere");
	if (on_lamina()) /* Xen takes any */
		check_is(remote(u.id, 99), -GUEST_EINVAL, "a reason that is none");
}

void proof(void)
{
	evtchn_bind_virq_t b = { .virq = VIRQ_DOM_EXC };

	events_enable(false);
	check_is(event_op(EVTCHNOP_bind_virq, &b), 0, "VIRQ_DOM_EXC");
	port = b.port;
	event_mask(port, true);
	by_itself(SHUTDOWN_poweroff, NONE, "poweroff");
	by_itself(SHUTDOWN_reboot, NONE, "reboot");
	by_itself(SHUTDOWN_suspend, NONE, "suspend");
	by_itself(SHUTDOWN_crash, NONE, "crash");
	by_itself(SHUTDOWN_watchdog, NONE, "watchdog");
	by_itself(SHUTDOWN_poweroff, SHUTDOWN_crash, "poweroff, with a crash announced");
	from_outside();
	check_is(hypercall2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, 0xdead0000), -GUEST_EFAULT,
		 "a reason nowhere");
}
