/* SPDX-License-Identifier: MIT */
/*
 * Stopping and starting vCPUs and domains: counted pauses, block and poll.
 */
#pragma once

#include "sched/sched.h"

void pause_domain(struct domain *d); /* all its vCPUs; not for current's domain (nosync then) */
void pause_domain_nosync(struct domain *d);
void pause_domain_undo(struct domain *d);
int pause_by_controller(struct domain *d); /* domctl: counted; -EINVAL for current's own, or if it is not paused */
int pause_undo_by_controller(struct domain *d);

void block_current(void); /* SCHEDOP_block: enables upcalls, blocks unless one is pending */

/*
 * SCHEDOP_poll in steps, since who can tell whether a port is pending is above:
 * announce that current polls for @port (0: several), look at the ports, then
 * either cancel or wait until @timeout (system time, ns; 0: none).
 */
void block_poll_start(u32 port);
void block_poll_cancel(void);
void block_poll_wait(u64 timeout);
void block_poll_timeout(void *arg); /* timer function; @arg is the vCPU */

void block_unblock(struct vcpu *v); /* wake from block and poll; any context */
/* Something waits for @v: unblock it, or have its CPU look if it runs elsewhere; any context. */
void block_kick(struct vcpu *v);
