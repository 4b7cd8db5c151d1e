/* SPDX-License-Identifier: MIT */
/*
 * Claim: who lists domains without end keeps nobody from controlling them (XSA-492).
 * Attack: one vCPU of dom0 lists 60 domains again and again; the other creates, pauses, unpauses and destroys.
 * Defence: no lock is held over a list; each domain is looked up, described and let go.
 * SMP: 2
 *
 * Proves: XSA-492
 * Proves: sysctl.XEN_SYSCTL_getdomaininfolist ok
 */
#include "guest.h"

#define DOMAINS 60
#define ROUNDS	200

static xen_domctl_getdomaininfo_t infos[2 * DOMAINS];
static volatile unsigned int lists, shortest = ~0U;

static void lister(void)
{
	static struct xen_sysctl op = { .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
					.cmd = XEN_SYSCTL_getdomaininfolist };

	for (;;) {
		op.u.getdomaininfolist.first_domain = 0;
		op.u.getdomaininfolist.max_domains = 2 * DOMAINS;
		set_xen_guest_handle(op.u.getdomaininfolist.buffer, infos);
		if (hypercall1(__HYPERVISOR_sysctl, &op) == 0 &&
		    op.u.getdomaininfolist.num_domains < shortest)
			shortest = op.u.getdomaininfolist.num_domains;
		lists++;
	}
}

void proof(void)
{
	static u16 ids[DOMAINS];
	unsigned int before, failed = 0;

	for (unsigned int i = 0; i < DOMAINS; i++) {
		long d = control_create(1);

		failed += d < 0;
		ids[i] = (u16)d;
	}
	check_is(failed, 0, "domains could not be created");
	check_is(smp_start(lister), 0, "a second vCPU lists them");
	check(wait_change(&lists, 0, 20000), "it does");
	before = lists;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		long d = control_create(1);

		failed += d < 0 || domctl_zero(XEN_DOMCTL_pausedomain, (u16)d) ||
			  domctl_zero(XEN_DOMCTL_unpausedomain, (u16)d) || control_destroy((u16)d);
	}
	check_is(failed, 0, "calls of 200 lives failed meanwhile");
	check(lists != before, "lists went on: %u", lists - before);
	check(shortest >= DOMAINS + 1, "no list was shorter than it must be: %u", shortest);
	for (unsigned int i = 0; i < DOMAINS; i++)
		failed += control_destroy(ids[i]) != 0;
	check_is(failed, 0, "domains could not be destroyed");
}
