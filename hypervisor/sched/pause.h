/* SPDX-License-Identifier: MIT */
/*
 * Stopping and starting vCPUs and domains: counted pauses, block and poll.
 */
#ifndef SCHED_PAUSE_H
#define SCHED_PAUSE_H

#include "sched/sched.h"

void pause_vcpu(struct vcpu *v);	/* counted; returns when it is on no CPU (unless current) */
void pause_vcpu_nosync(struct vcpu *v);
void pause_vcpu_undo(struct vcpu *v);
void pause_domain(struct domain *d);	/* all its vCPUs; not for current's domain (nosync then) */
void pause_domain_nosync(struct domain *d);
void pause_domain_undo(struct domain *d);
int pause_by_controller(struct domain *d);	 /* domctl: idempotent */
int pause_undo_by_controller(struct domain *d);

void block_current(void);		/* SCHEDOP_block: enables upcalls, blocks unless one is pending */
/* SCHEDOP_poll: ports copied in already; @timeout absolute ns, 0 none. Returns 0 or -errno. */
long block_poll(const u32 *ports, unsigned int n, u64 timeout);
void block_unblock(struct vcpu *v);	/* wake from block and poll */

#endif
