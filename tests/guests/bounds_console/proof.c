/* SPDX-License-Identifier: MIT */
/*
 * Claim: a serial line that is slower than what is written to it keeps nobody waiting but the writer.
 * Attack: a console write of 32 KiB; reports on thousands of ports and grants, hundreds of vCPUs,
 *   more than the line's buffer holds, many at a time.
 * Defence: writes restart and reports come in rounds while the line is busy; what cannot wait is
 *   lost there, which is said, and is in the log.
 * MEMORY: 512
 * LIMIT: 120
 * LINE: slow
 *
 * tests/bounds reads the line slowly and measures.
 *
 * Proves: console_io.CONSOLEIO_write ok
 * Proves: sysctl.XEN_SYSCTL_debug_keys ok
 */
#include "guest.h"

#define PORTS	700
#define DOMAINS 3
#define KIB	32

static char text[KIB << 10];

static long press(const char *keys, unsigned int n)
{
	memset(&sysctl_op, 0, sizeof(sysctl_op));
	set_xen_guest_handle(sysctl_op.u.debug_keys.keys, (char *)keys);
	sysctl_op.u.debug_keys.nr_keys = n;
	return sysctl(XEN_SYSCTL_debug_keys);
}

/* How often the log says @what, read from *@index on, until it has @want times or 5 s went by. */
static unsigned int logged(const char *what, u32 *index, unsigned int want)
{
	static char buffer[4096];
	struct xen_sysctl_readconsole *r = &sysctl_op.u.readconsole;
	u64 end = now_ns() + 5000000000UL;
	unsigned int found = 0;
	size_t at = 0;

	while (found < want && now_ns() < end) {
		memset(&sysctl_op, 0, sizeof(sysctl_op));
		r->incremental = 1;
		r->index = *index;
		r->count = sizeof(buffer);
		set_xen_guest_handle(r->buffer, buffer);
		if (sysctl(XEN_SYSCTL_readconsole))
			break;
		*index = r->index;
		for (u32 i = 0; i < r->count; i++) {
			at = buffer[i] == what[at] ? at + 1 : buffer[i] == what[0];
			if (!what[at])
				found++, at = 0;
		}
		if (!r->count)
			sleep_until(now_ns() + 1000000);
	}
	return found;
}

void proof(void)
{
	evtchn_alloc_unbound_t a = { .dom = DOMID_SELF, .remote_dom = 0 };
	u32 ports = 0, index = 0;
	u16 ids[DOMAINS];

	for (unsigned int i = 0; i < sizeof(text); i++)
		text[i] = i % 64 == 0 ? '#' : i % 64 == 63 ? '\n' : '.';
	for (; ports < PORTS && !event_op(EVTCHNOP_alloc_unbound, &a); ports++)
		;
	check_is(ports, PORTS, "ports");
	for (unsigned int i = 0; i < DOMAINS; i++)
		ids[i] = (u16)other_create(64, 4096);
	ticks_start(30000);

	check_is(hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, sizeof(text), text), 0,
		 "more text than the line holds");
	logged("\001", &index, 1);
	check_is(press("q", 1), 0, "domains and vCPUs");
	check_is(logged("rip ", &index, 64 * DOMAINS), 64 * DOMAINS, "all are printed");
	check_is(press("e", 1), 0, "event channels");
	check_is(logged("unbound", &index, PORTS), PORTS, "all are printed");
	check_is(press("hgmqhgmq?", 9), 0, "some at once");
	check_is(logged("this list", &index, 1), 1, "the list comes once");
	/* Messages that cannot wait. */
	for (unsigned int i = 0; i < 40; i++)
		press("????????????????", 16);
	check(logged("no meaning", &index, 641) >= 640, "the log has all of them");
	for (unsigned int i = 0; i < DOMAINS; i++)
		other_destroy(ids[i]);
	check(ticks > 100, "%u ticks", ticks);
	ticks_stop();
}
