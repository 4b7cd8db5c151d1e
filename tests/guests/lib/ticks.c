/* SPDX-License-Identifier: MIT */
/*
 * A clock that never leaves long calls alone: each tick sets the next, so that
 * whatever can be preempted is, again and again.
 */
#include "guest.h"

static u32 port;
static u64 period, due, latest;
static struct evtchn_fifo_control_block *control;
static event_word_t *volatile *words;
volatile unsigned int ticks;
void (*ticks_hook)(void);

static void set_next(void)
{
	due = now_ns() + period;
	hypercall1(__HYPERVISOR_set_timer_op, due);
}

static void on_tick(struct trap *t)
{
	volatile vcpu_info_t *info = &shared_info->vcpu_info[0];
	u64 now = now_ns();

	if (now > due + latest)
		latest = now - due;
	(void)t;
	info->evtchn_upcall_pending = 0;
	info->evtchn_pending_sel = 0;
	for (unsigned int i = 0; i < 64; i++)
		shared_info->evtchn_pending[i] = 0;
	if (control) {
		control->ready = 0;
		words[port / 1024][port % 1024] = 0;
	}
	ticks++;
	if (ticks_hook && period)
		ticks_hook();
	if (period)
		set_next();
}

void ticks_start(u64 ns)
{
	evtchn_bind_virq_t op = { .virq = VIRQ_TIMER };

	period = ns;
	if (!port) {
		event_op(EVTCHNOP_bind_virq, &op);
		port = op.port;
		trap_set(TRAP_EVENT, on_tick);
		events_enable(true);
	}
	event_mask(port, false);
	set_next();
}

void ticks_fifo(struct evtchn_fifo_control_block *block, event_word_t **pages)
{
	words = pages;
	control = block;
}

void ticks_restart(void)
{
	port = 0;
	control = NULL;
	ticks_start(period);
}

u32 ticks_port(void)
{
	return port;
}

void ticks_stop(void)
{
	say("# latest tick: %lu ns\n", latest);
	period = 0;
	hypercall1(__HYPERVISOR_set_timer_op, 0);
}
