/* SPDX-License-Identifier: MIT */
/*
 * A domain: its identity, its memory account and its life.
 *
 * Domains are found by id through domain_get(), which takes a reference; the
 * structure is freed when the last reference goes, long after its id has left
 * the table.  Layers above hang their own state on the opaque pointers and
 * create and destroy it in lifecycle/.
 *
 * Lock order: domains_lock > d->lock > d->mm_lock > evtchn lock > grant lock >
 * pool.lock > allocator.  None is held while a guest copy may fault for long.
 */
#pragma once

#include "abi/abi.h"
#include "frame/owner.h"
#include "lib/list.h"
#include "platform/boot_info.h"
#include "smp/softirq.h"
#include "time/timer.h"
#include "x86/bound.h"
#include "x86/spinlock.h"

#define MAX_VCPUS	  64
#define DOMAIN_MAX_MEMMAP 32
#define DOMID_IDLE_	  0x7fff
#define CPUID_WORDS	  11 /* words of feature bits, pv/cpuid_policy.c */

struct vcpu;
struct evtchn_domain;
struct grant_domain;
struct access_ranges;

enum domain_death { DOMAIN_ALIVE, DOMAIN_DYING, DOMAIN_DEAD };

struct domain {
	u16 id;
	bool privileged; /* dom0: may call control operations and name other domains */
	bool hardware;	 /* dom0: has devices */
	bool idle;
	enum domain_death death;
	u32 refs;    /* atomic; one for being in the table */
	u8 uuid[16]; /* domctl handle */
	u32 ssidref;
	struct spinlock lock;	  /* protects: life-cycle fields below */
	struct list link;	  /* all domains, ascending id, under domains_lock */
	struct domain *hash_next; /* under domains_lock */

	struct frame_pool pool;	 /* its memory */
	struct spinlock mm_lock; /* protects: content of its page tables, vCPU roots */

	unsigned int max_vcpus;
	struct vcpu *vcpu[MAX_VCPUS];

	/* pausing: a vCPU runs only while both counts are 0 */
	u32 pause_count;       /* atomic */
	u32 controller_paused; /* times, by domctl pausedomain; under lock */
	bool is_shut_down;     /* vCPUs are paused by it */
	bool is_shutting_down;
	u32 shutdown_code;	  /* SHUTDOWN_* */
	u32 shutdown_preset;	  /* SCHEDOP_shutdown_code: the code to report, plus 1; 0: none */
	struct timer watchdog[2]; /* SCHEDOP_watchdog */
	u32 watchdog_used;	  /* bits of those above in use; under lock */
	u16 suspend_evtchn;
	bool crashed_line_printed;

	/* the shared page */
	shared_info_t *shared; /* direct-map address of a hypervisor page, owner_share()d */
	mfn_t shared_mfn;
	bool vm_assist_runstate_flag; /* VMASST_TYPE_runstate_update_flag */
	u32 vm_assist;		      /* bits as the guest set them */
	s64 time_offset;	      /* seconds, domctl settimeoffset */
	u32 tsc_mode;
	u32 cpuid_hidden[CPUID_WORDS]; /* features the tools took away */
	u32 pci_address;	       /* CF8 as it last wrote it, pv/ioport.c */

	/* state of layers above, theirs to allocate and free */
	struct evtchn_domain *evtchn;
	struct grant_domain *grant;
	struct access_ranges *access;		   /* ports, MMIO, irqs it may use */
	void *sched;				   /* weight, cap */
	struct boot_mem memmap[DOMAIN_MAX_MEMMAP]; /* what the toolstack told it; under lock */
	unsigned int nr_memmap;
	u64 claim;	/* frames promised, not yet allocated; under the claim lock */
	u64 poll_vcpus; /* atomic bits: vCPUs in SCHEDOP_poll */
	u32 max_evtchn_port;
	u32 max_grant_frames, max_maptrack_frames;
	struct frame *relinquishing; /* paging_relinquish(): the frame in hand, referenced */
	struct timer gone;    /* the last frame of a dead domain has gone: out of the table */
	bool destroy_busy;    /* atomic: one destroyer at a time */
	bool gone_scheduled;  /* atomic: the timer above has been set */
	u32 destroy_step;     /* progress of a preempted destroy */
	struct timer release; /* when its release goes on, lifecycle/create.c */
};

extern struct domain *domain_dom0;

/* A domain by id with a reference, or NULL. DOMID_SELF and rights are the caller's business (domain/policy.h). */
struct domain *domain_get(u16 domid) __must_check;
void domain_ref(struct domain *d);
void domain_put(struct domain *d);
/* For DOMAIN_HOLD(d): a domain that is referenced, once it is found, to the end of the block. */
static inline void domain_hold_end(struct domain **d)
{
	if (*d)
		domain_put(*d);
}
#define DOMAIN_HOLD(d) struct domain *d __cleanup(domain_hold_end) = NULL

/* Allocate a bare domain (id, pool, locks; no vCPUs, no upper state), not yet in the table. */
struct domain *domain_alloc(u16 domid) __must_check;
/* Free what domain_alloc() made; nothing else refers to it any more. */
void domain_free(struct domain *d);
/* Provided above (lifecycle/create.c): the last reference to @d has gone. */
void domain_release(struct domain *d);
int domain_publish(struct domain *d) __must_check; /* into the table; -EEXIST */
void domain_unpublish(struct domain *d);	   /* out of the table; drops its reference */
/* First free id from @hint on, or 0 if none (dom0 excluded). */
u16 domain_free_id(u16 hint);

/* Next domain with id >= @from, referenced, or NULL: for listing. */
struct domain *domain_next(u16 from) __must_check;
/* Each domain in turn, referenced in the body, which must not leave the loop. */
#define for_each_domain(d, at)                                       \
	for (u32 at = 0; at <= 0xffff && (d = domain_next((u16)at)); \
	     at = (d)->id + 1U, domain_put(d))

static inline struct vcpu *domain_vcpu(struct domain *d, unsigned int id)
{
	return bound_index(id, d->max_vcpus) ? d->vcpu[id] : NULL;
}

#define for_each_vcpu(d, v, i)                     \
	for ((i) = 0; (i) < (d)->max_vcpus; (i)++) \
		if (((v) = (d)->vcpu[i]) != NULL)
