/* SPDX-License-Identifier: MIT */
/*
 * FIFO delivery: a 32-bit event word per port in pages the guest donates, and
 * sixteen queues by priority per vCPU, linked through the words.
 */
#pragma once

#include "evtchn/port.h"

#define WORDS_PER_PAGE (PAGE_SIZE / sizeof(event_word_t))
#define FIFO_PAGES     (EVTCHN_FIFO_NR_CHANNELS / WORDS_PER_PAGE)

struct fifo_domain {
	u32 nr_pages;
	event_word_t *page[FIFO_PAGES]; /* direct map; writable use and reference held */
};

struct fifo_queue {
	struct spinlock lock;
	u32 tail; /* port last linked, 0: unknown or none */
};

struct fifo_vcpu {
	struct evtchn_fifo_control_block *control; /* in a guest page, or NULL */
	mfn_t mfn; /* of that page; writable use and reference held */
	struct fifo_queue queue[EVTCHN_FIFO_MAX_QUEUES];
};

void fifo_raise(struct domain *d, struct vcpu *v, struct evtchn_port *p);
void fifo_clear(struct domain *d, struct evtchn_port *p);
void fifo_unmask(struct domain *d, struct vcpu *v, struct evtchn_port *p);
bool fifo_pending(struct domain *d, const struct evtchn_port *p);
bool fifo_masked(struct domain *d, const struct evtchn_port *p);
bool fifo_busy(struct domain *d, const struct evtchn_port *p);

/*
 * EVTCHNOP_init_control for @vcpu of @d: the first one switches the domain to
 * FIFO delivery.  -ENOENT no such vCPU, -EINVAL bad page or offset, or done
 * already for this vCPU.
 */
int fifo_init_control(struct domain *d, u32 vcpu, u64 gfn, u32 offset);
/* EVTCHNOP_expand_array: one more page of words. -ENOSPC when all exist. */
int fifo_expand_array(struct domain *d, u64 gfn);
/* EVTCHNOP_set_priority. */
int fifo_set_priority(struct domain *d, u32 port, u32 priority);

/* Back to two-level and give the guest's pages back; all ports are closed. Evtchn lock held. */
void fifo_reset(struct domain *d);
void fifo_destroy(struct domain *d);

int evtchn_create_vcpu(struct vcpu *v) __must_check;
void evtchn_destroy_vcpu(struct vcpu *v);
