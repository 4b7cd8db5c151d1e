/* SPDX-License-Identifier: MIT */
/*
 * When a long hypercall stops and how it restarts.
 *
 * A handler that has worked for a while asks preempt_needed(); if so it
 * returns preempt_restart() with the arguments for what is left.  The guest's
 * instruction pointer is put back to the hypercall instruction (or, inside a
 * multicall, the entry's arguments are kept for the next round), pending work
 * is done, and the call is entered anew.
 */
#pragma once

#include "domain/vcpu.h"
#include "smp/softirq.h"

static inline bool preempt_needed(void)
{
	return softirq_pending();
}

/* To be returned at once by the handler. */
static inline long preempt_restart(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct vcpu *v = current;

	v->restart = true;
	v->restart_args[0] = a1;
	v->restart_args[1] = a2;
	v->restart_args[2] = a3;
	v->restart_args[3] = a4;
	v->restart_args[4] = a5;
	return -ERESTART;
}
