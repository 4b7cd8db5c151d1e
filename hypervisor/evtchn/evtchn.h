/* SPDX-License-Identifier: MIT */
/*
 * Event channels: one-bit messages between domains, from virtual interrupt
 * sources and from devices.
 *
 * A domain has a table of ports, each in one state.  Delivery (two-level
 * bitmap or FIFO queues) is behind evtchn/deliver.h.  Locks are described in
 * evtchn/port.h; sending takes only the port's own lock (irqsave), so it works
 * from interrupt handlers.
 */
#pragma once

#include "domain/vcpu.h"

int evtchn_create_domain(struct domain *d) __must_check;
void evtchn_destroy_domain(struct domain *d); /* all its ports are closed */
/* Before that: free up to @n pages of the table; true when none is left. */
bool evtchn_free_some(struct domain *d, unsigned int n);
/* Close up to @n ports; true when none is left (preemptible teardown and reset). */
bool evtchn_close_some(struct domain *d, unsigned int n);
/* Give back the guest's pages that delivery used; all ports are closed and no new one can be had. */
void evtchn_release_pages(struct domain *d);
int evtchn_reset(struct domain *d); /* EVTCHNOP_reset; -ERESTART to be called again */

/* Virtual interrupts: per-vCPU kinds to @v, global ones to whoever bound them in @d. Any context. */
void evtchn_send_virq(struct vcpu *v, u32 virq);
void evtchn_send_global_virq(u32 virq); /* to dom0's handler */

/* Send on a local port of @d as EVTCHNOP_send does (interdomain or IPI). -errno. */
int evtchn_send(struct domain *d, u32 port);

/* An unmasked event waits for @v. */
static inline bool evtchn_pending(const struct vcpu *v)
{
	return READ_ONCE(v->info->evtchn_upcall_pending) && !READ_ONCE(v->info->evtchn_upcall_mask);
}

/* Whether @port of @d is pending (poll); bounds are the caller's check. */
bool evtchn_port_pending(struct domain *d, u32 port);
bool evtchn_port_valid(struct domain *d, u32 port);

/* Used by the domain builder and toolstack calls. Return port > 0 or -errno. */
int evtchn_alloc_unbound(struct domain *d, u16 remote);
int evtchn_bind_interdomain(struct domain *d, struct domain *rd, u32 remote_port);

/* The other calls of EVTCHNOP_*, for @d = current's domain. Port (bind) or 0, or -errno. */
int evtchn_bind_virq(struct domain *d, u32 virq, u32 vcpu);
int evtchn_bind_ipi(struct domain *d, u32 vcpu);
int evtchn_bind_vcpu(struct domain *d, u32 port, u32 vcpu);
int evtchn_close(struct domain *d, u32 port);
int evtchn_unmask(struct domain *d, u32 port);
int evtchn_status(struct domain *d, u32 port, evtchn_status_t *out);

/* Devices: evtchn/pirq.c binds irq/ lines. */
int evtchn_bind_pirq(struct domain *d, u32 pirq, u32 flags);	/* port or -errno */
int evtchn_map_pirq_gsi(struct domain *d, int index, int pirq); /* physdev map_pirq: pirq or -errno */
/* @n irqs in a row, as pirqs in a row; the mapped irqs are MSIs and freed with the mapping. */
int evtchn_map_pirq_block(struct domain *d, int irq, u32 n, int pirq);
int evtchn_unmap_pirq(struct domain *d, u32 pirq);
int evtchn_free_pirq(struct domain *d); /* reserve a free number; -errno */
bool evtchn_pirq_mapped(struct domain *d, u32 pirq);
void evtchn_eoi_pirq(struct domain *d, u32 pirq);
bool evtchn_pirq_needs_eoi(struct domain *d, u32 pirq);

/* debug key: log a port, or for 0 the whole; false if there is no such port. */
bool evtchn_dump(struct domain *d, u32 port);
