/* SPDX-License-Identifier: MIT */
/*
 * Claim: no call keeps others waiting, whatever count, list or time it is given.
 * Attack: lists without end, counts of 2^31 and 2^32 - 1, batches of batches, all the log, many domains,
 *   timers at the ends of time, with a clock that ticks.
 * Defence: counts are bounded or worked off in rounds.
 * MEMORY: 1024
 *
 * Proves: multicall ok refused
 * Proves: set_trap_table refused
 * Proves: console_io.CONSOLEIO_write ok refused
 * Proves: console_io.CONSOLEIO_read ok
 * Proves: sysctl.XEN_SYSCTL_readconsole ok
 * Proves: sysctl.XEN_SYSCTL_getdomaininfolist ok refused
 * Proves: set_timer_op ok
 * Proves: vcpu_op.VCPUOP_initialise refused
 * Proves: domctl.XEN_DOMCTL_getpageframeinfo3 ok refused
 * Proves: XSA-20
 */
#include "guest.h"

#define DOMAINS 60

#define CALLS (4096 / sizeof(multicall_entry_t))

static multicall_entry_t *calls;

static void batches(void)
{
	long rc;

	/* It ends where the page ends, behind which there is nothing. */
	calls = page_alloc();
	update_va(page_alloc(), 0, UVMF_INVLPG);

	for (unsigned int i = 0; i < CALLS; i++)
		calls[i] = (multicall_entry_t){ .op = __HYPERVISOR_xen_version, .args = { 0 } };
	check_is(hypercall2(__HYPERVISOR_multicall, calls, CALLS), 0, "a batch of a page");
	for (unsigned int i = 0; i < CALLS; i++)
		calls[i].op = __HYPERVISOR_multicall, calls[i].args[0] = PTR(calls),
		calls[i].args[1] = CALLS;
	check_is(hypercall2(__HYPERVISOR_multicall, calls, CALLS), 0, "a batch of batches");
	check((long)calls[CALLS - 1].result < 0, "which are refused");
	for (unsigned int i = 0; i < CALLS; i++)
		calls[i] = (multicall_entry_t){ .op = __HYPERVISOR_console_io,
						.args = { CONSOLEIO_write, 0x7fffffff, 0xdead000 } };
	rc = hypercall2(__HYPERVISOR_multicall, calls, 0xffffffff);
	check(rc < 0 || (long)calls[0].result < 0, "more calls than there are");
}

static void traps(void)
{
	struct trap_info *list = page_alloc();

	/* It ends where the page ends, behind which there is nothing. */
	update_va(page_alloc(), 0, UVMF_INVLPG);
	for (unsigned int i = 0; i < 4096 / sizeof(*list); i++)
		list[i] =
			(struct trap_info){ .vector = 200, .cs = FLAT_KERNEL_CS, .address = 0x1000 };
	check_is(hypercall1(__HYPERVISOR_set_trap_table, list), -GUEST_EFAULT,
		 "handlers without end");
	check_is(hypercall1(__HYPERVISOR_set_trap_table, HYPERVISOR_VIRT_START), -GUEST_EFAULT,
		 "handlers in the hypervisor");
}

static void console(u8 *page)
{
	static const u32 counts[] = { 0x7fffffff, 0x80000000, 0xffffffff };
	long rc;

	for (unsigned int i = 0; i < 4096; i++)
		page[i] = i % 64 == 63 ? '\n' : '.';
	check_is(hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, 4096, page), 0,
		 "a page to print");
	for (unsigned int i = 0; i < 3; i++) {
		check(hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, counts[i], 0xdead000) < 0,
		      "%x bytes from nowhere", counts[i]);
		rc = hypercall3(__HYPERVISOR_console_io, CONSOLEIO_read, counts[i], page);
		check(rc <= 0, "%x bytes to read", counts[i]);
	}
	memset(&sysctl_op, 0, sizeof(sysctl_op));
	sysctl_op.u.readconsole.count = 0xffffffff;
	set_xen_guest_handle(sysctl_op.u.readconsole.buffer, (char *)page);
	rc = sysctl(XEN_SYSCTL_readconsole);
	check(!rc && sysctl_op.u.readconsole.count > 1000, "the whole log");
}

static void domains(void)
{
	static xen_domctl_getdomaininfo_t info[DOMAINS + 8];
	static xen_pfn_t frames[1024];
	struct xen_domctl info3 = { 0 };
	u16 ids[DOMAINS];
	unsigned int n = 0, good = 0;
	evtchn_alloc_unbound_t a;

	for (; n < DOMAINS; n++) {
		long id = other_create(n % 8 ? 1 : 64, 4096);

		if (id <= 0)
			break;
		ids[n] = (u16)id;
		a = (evtchn_alloc_unbound_t){ .dom = ids[n], .remote_dom = 0 };
		for (unsigned int i = 0; i < 20; i++)
			event_op(EVTCHNOP_alloc_unbound, &a);
	}
	check_is(n, DOMAINS, "many domains");
	memset(&sysctl_op, 0, sizeof(sysctl_op));
	sysctl_op.u.getdomaininfolist.max_domains = DOMAINS + 8;
	set_xen_guest_handle(sysctl_op.u.getdomaininfolist.buffer, info);
	check_is(sysctl(XEN_SYSCTL_getdomaininfolist), 0, "their list");
	check_is(sysctl_op.u.getdomaininfolist.num_domains, DOMAINS + 1, "has all");
	for (unsigned int i = 0; i < n; i++)
		good += info[i + 1].domain == ids[i] && info[i + 1].max_vcpu_id == (i % 8 ? 0 : 63);
	check_is(good, n, "each in its place");
	sysctl_op.u.getdomaininfolist.max_domains = 0xffffffff;
	set_xen_guest_handle(sysctl_op.u.getdomaininfolist.buffer, (void *)0x1000);
	check_is(sysctl(XEN_SYSCTL_getdomaininfolist), -GUEST_EFAULT, "nor to nowhere");
	info3.u.getpageframeinfo3.num = 1024;
	set_xen_guest_handle(info3.u.getpageframeinfo3.array, frames);
	check_is(other_op(XEN_DOMCTL_getpageframeinfo3, ids[0], &info3), 0, "1024 frames");
	info3.u.getpageframeinfo3.num = ~0UL;
	check(other_op(XEN_DOMCTL_getpageframeinfo3, ids[0], &info3) < 0, "no more than that");
	good = 0;
	for (unsigned int i = 0; i < n; i++)
		good += other_destroy(ids[i]) == 0;
	check_is(good, n, "all destroyed");
}

static void times(void)
{
	static const u64 ends[] = { 1, 1UL << 32, 1UL << 62, 1UL << 63, ~0UL };
	struct vcpu_set_periodic_timer periodic = { .period_ns = 1 };

	ticks_stop();
	for (unsigned int i = 0; i < 5; i++)
		check_is(hypercall1(__HYPERVISOR_set_timer_op, ends[i]), 0, "a time");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, &periodic) < 0,
	      "a period of a nanosecond");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 0, PTR(calls)) < 0,
	      "a vCPU that is there is not made again");
	check(hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 0xffffffff, PTR(calls)) < 0,
	      "nor one that is not");
}

void proof(void)
{
	u8 *page = page_alloc();

	for (unsigned int i = 0; i < 20; i++)
		page_alloc(); /* for the log to go to */
	ticks_start(30000);
	batches();
	traps();
	console(page);
	domains();
	check(ticks > 20, "%u ticks", ticks);
	times();
}
