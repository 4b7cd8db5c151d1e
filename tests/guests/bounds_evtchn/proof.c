/* SPDX-License-Identifier: MIT */
/*
 * Claim: however many ports there are, opening, closing and forgetting them keeps nobody waiting.
 * Attack: all 4095 ports of the two-level kind, reset, turned over to FIFO in full, then all 131071 of
 *   that; every event word made to look linked, so that no port is free to be used; with a clock that ticks.
 * Defence: sweeps have cursors, the search for a free port goes on where it stopped.
 * MEMORY: 512
 * CLOCK: events are away while the table is reset and delivery turned over
 *
 * Proves: event_channel_op.EVTCHNOP_alloc_unbound ok refused
 * Proves: event_channel_op.EVTCHNOP_reset ok
 * Proves: event_channel_op.EVTCHNOP_init_control ok
 * Proves: event_channel_op.EVTCHNOP_expand_array ok refused
 * Proves: sched_op.SCHEDOP_poll ok refused
 * Proves: XSA-344
 */
#include "guest.h"

#define WORDS 1024 /* of a page */

static u32 fill(u16 dom)
{
	evtchn_alloc_unbound_t a = { .dom = dom, .remote_dom = dom };
	u32 n = 0;

	while (!event_op(EVTCHNOP_alloc_unbound, &a))
		n++;
	return n;
}

static long reset(void)
{
	evtchn_reset_t r = { .dom = DOMID_SELF };
	long rc = event_op(EVTCHNOP_reset, &r);

	ticks_restart();
	return rc;
}

static long poll(u32 n)
{
	static evtchn_port_t ports[4096];
	struct sched_poll op = { .nr_ports = n, .timeout = now_ns() + 1000000 };

	for (u32 i = 0; i < 4096; i++)
		ports[i] = i + 1;
	set_xen_guest_handle(op.ports, ports);
	return hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &op);
}

static event_word_t *words[EVTCHN_FIFO_NR_CHANNELS / WORDS];

static void fifo(void)
{
	void *block = page_alloc();
	evtchn_init_control_t init = { .control_gfn = virt_to_mfn(block) };
	evtchn_expand_array_t more;
	unsigned int n = sizeof(words) / sizeof(*words);
	long rc = 0;

	check_is(event_op(EVTCHNOP_init_control, &init), 0, "over to FIFO");
	for (unsigned int i = 0; i < n; i++) {
		if (!words[i])
			words[i] = page_alloc();
		for (unsigned int j = 0; j < WORDS; j++)
			words[i][j] = 0;
		more.array_gfn = virt_to_mfn(words[i]);
		rc = rc ? rc : event_op(EVTCHNOP_expand_array, &more);
	}
	ticks_fifo(block, words);
	check_is(rc, 0, "all the pages of event words");
	check(event_op(EVTCHNOP_expand_array, &more) < 0, "and no more");
}

void proof(void)
{
	evtchn_reset_t r;
	evtchn_alloc_unbound_t a = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	u32 n;
	long id;

	ticks_start(30000);
	n = fill(DOMID_SELF);
	check(n > 4000, "%u ports", n);
	check(poll(4096) < 0, "no poll of 4096");
	check_is(poll(128), 0, "a poll of 128");
	check_is(reset(), 0, "all forgotten");
	n = fill(DOMID_SELF);
	check(n > 4000, "%u ports", n);

	fifo();
	n = fill(DOMID_SELF);
	check(n > 120000, "%u ports more", n);
	check_is(reset(), 0, "all forgotten");

	id = other_create(1, 4096);
	n = fill((u16)id);
	check(n > 4000, "%u ports of another", n);
	r.dom = (u16)id;
	check_is(event_op(EVTCHNOP_reset, &r), 0, "it is paused, so they can be forgotten");
	n = fill((u16)id);
	check_is(other_destroy((u16)id), 0, "and it goes with all its ports");

	fifo();
	fill(DOMID_SELF);
	for (u32 port = 1; port < EVTCHN_FIFO_NR_CHANNELS; port++)
		if (port != ticks_port()) {
			words[port / WORDS][port % WORDS] |= 1U << EVTCHN_FIFO_LINKED;
			event_close(port);
		}
	check(event_op(EVTCHNOP_alloc_unbound, &a) < 0, "all closed, and none to be had");
	words[100][7] = 0;
	check_is(event_op(EVTCHNOP_alloc_unbound, &a), 0, "one is");
	check_is(a.port, 100 * WORDS + 7, "the one");
	check(ticks > 20, "%u ticks", ticks);
	ticks_stop();
}
