/* SPDX-License-Identifier: MIT */
/*
 * Claim: FIFO delivery cannot be set up wrongly, and delivers (XSA-107, XSA-188, XSA-358).
 * Attack: misaligned and foreign control blocks, twice, for vCPUs that do not exist; too many pages.
 * Defence: refused, nothing held; then a real event comes through its queue.
 * Proves: event_channel_op.EVTCHNOP_init_control ok refused
 * Proves: event_channel_op.EVTCHNOP_expand_array ok refused
 * Proves: event_channel_op.EVTCHNOP_set_priority ok refused, event_channel_op.EVTCHNOP_send ok
 * Proves: XSA-107, XSA-188
 */
#include "guest.h"

static struct evtchn_fifo_control_block *control;
static volatile event_word_t *words;

static long init(const void *page, u32 offset, u32 vcpu)
{
	evtchn_init_control_t op = { .control_gfn = virt_to_mfn(page), .offset = offset, .vcpu = vcpu };

	return event_op(EVTCHNOP_init_control, &op);
}

static long expand(u64 gfn)
{
	evtchn_expand_array_t op = { .array_gfn = gfn };

	return event_op(EVTCHNOP_expand_array, &op);
}

static long priority(u32 port, u32 value)
{
	evtchn_set_priority_t op = { .port = port, .priority = value };

	return event_op(EVTCHNOP_set_priority, &op);
}

void proof(void)
{
	void *page = page_alloc(), *readonly = page_alloc();
	evtchn_init_control_t foreign = { .control_gfn = 0x300 };
	unsigned int before = upcalls;
	u32 far = 0;
	long near;

	words = page_alloc();
	near = event_pair(&far);
	event_clear((u32)near);
	check(expand(virt_to_mfn((void *)words)) < 0, "no array without a control block");
	check(init(page, 4, 0) < 0, "a misaligned control block");
	check(init(page, 4096 - 64, 0) < 0, "one that crosses its page");
	check(init(page, ~7U, 0) < 0, "one far beyond it");
	check(init(page, 0, 1) < 0 && init(page, 0, ~0U) < 0, "one for no vCPU");
	check(event_op(EVTCHNOP_init_control, &foreign) < 0, "one in another's frame");
	set_readonly(readonly);
	check(mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(readonly)) == 0 && init(readonly, 0, 0) < 0,
	      "one in a page table");
	check_is(init(page, 64, 0), 0, "a good one");
	check(init(page, 64, 0) < 0, "but once");
	control = (void *)((u8 *)page + 64);
	check(event_send(far) == 0, "a send before there are words does no harm");
	check(expand(0x300) < 0 && expand(~0ULL >> 12) < 0, "words in another's frame");
	check(expand(virt_to_mfn(readonly)) < 0, "words in a page table");
	check_is(expand(virt_to_mfn((void *)words)), 0, "a page of words");
	check(priority((u32)near, 16) < 0 && priority(~0U, 3) < 0, "bad priorities");
	check_is(priority((u32)near, 3), 0, "a good one");
	events_enable(true);
	words[near] = 0; /* taken off the queue that the first send put it on */
	memset(control, 0, sizeof(*control));
	shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
	before = upcalls;
	check_is(event_send(far), 0, "send");
	check(words[near] >> EVTCHN_FIFO_PENDING & 1, "its word is pending");
	if (words[near] >> EVTCHN_FIFO_LINKED & 1) {
		check(upcalls == before + 1, "with an upcall");
		check(control->ready &&
			      (control->head[3] == (u32)near || control->head[7] == (u32)near),
		      "it is the head of a queue");
	} else {
		check(false, "it is on a queue");
	}
	check_is(event_close(far), 0, "close");
	check(set_readonly(page) == 0 && mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(page)) < 0,
	      "the control block's page stays one");
	for (int i = 0; i < 100; i++)
		if (expand(virt_to_mfn(page_alloc())))
			before = 1000;
	check(before != 1000, "a hundred more pages");
	while (expand(virt_to_mfn((void *)words)) == 0)
		before++;
	check(before < 2000, "but not more than there are channels");
}
