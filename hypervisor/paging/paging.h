/* SPDX-License-Identifier: MIT */
/*
 * Direct paging: the guest owns its tables, each entry is checked before the
 * processor may see it.
 *
 * What callers outside paging/ use.  Functions that change tables take the
 * owner's mm_lock themselves unless they say otherwise.
 */
#pragma once

#include "domain/vcpu.h"
#include "frame/type.h"
#include "x86/pte.h"

/*
 * Switch @v's kernel (user) root to frame @m: validate it as L4 if it is not,
 * take it, release the old one.  Loads CR3 if @v is current and in that mode.
 * -EINVAL, -EINTR (preempted: restart).
 */
int paging_set_root(struct vcpu *v, mfn_t m);
int paging_set_root_user(struct vcpu *v, mfn_t m); /* mfn 0 clears it */
int paging_drop_roots(struct vcpu *v);		   /* destroy; v not running; -EINTR: call again */

/* CR3 value for @v's present mode (kernel or user root). */
static inline mfn_t paging_live_root(const struct vcpu *v)
{
	return v->in_kernel ? v->root : v->root_user;
}

/*
 * The L1 entry that maps @va in the tables of @root, if every level is present
 * and no large page: returns its direct-map address and the frame of the L1
 * table, else NULL.  The caller holds the mm_lock.
 */
pte_t *paging_walk(mfn_t root, u64 va, mfn_t *l1_frame);

/*
 * A write fault at @va by guest kernel code: if the address is one of the
 * guest's own L1 tables mapped read-only, emulate the instruction as a
 * checked entry update.  True if done (or the guest was crashed or its page
 * table changed meanwhile and it should simply retry).
 */
bool paging_write_fault(struct vcpu *v, struct regs *regs, u64 va);

/*
 * Fault that is no fault any more (stale TLB entry after a permission upgrade):
 * true to retry.  Takes no lock: any context.
 */
bool paging_spurious_fault(struct vcpu *v, u64 va, u32 error_code);

/*
 * MMU updates on behalf of grant/: put or clear a mapping of a frame that grant has
 * referenced and typed.  The entry is at machine address @at (@is_ptr), or maps virtual
 * address @at of current's kernel.
 */
int paging_grant_map(struct vcpu *v, u64 at, bool is_ptr, pte_t entry, pte_t *old) __must_check;
/* Clear the entry if it maps @m (with grant's right @readonly); -EINVAL if not. Flush is the caller's. */
int paging_grant_unmap(struct vcpu *v, u64 at, bool is_ptr, mfn_t m, bool readonly) __must_check;
/* Drop what an old entry held after it was replaced (references, types). */
void paging_put_entry_l1(pte_t old, struct domain *d);

/* GNTTABOP_map on entries cleared by ordinary updates: provided by grant/, called when a foreign grant
 * mapping disappears is not needed: references are general ones and simply go. */

/* Set segment frames: typed FRAME_SEGDESC and validated. -EINVAL leaves the old ones. */
int paging_set_gdt(struct vcpu *v, const u64 *frames, unsigned int entries);
int paging_set_ldt(struct vcpu *v, u64 base, unsigned int entries);
int paging_update_descriptor(struct domain *d, maddr_t where, u64 desc);
void paging_drop_descriptors(struct vcpu *v);

/*
 * Undo @f's pin and what a check left that nobody finished, then drop its allocation: who
 * gives a frame away cannot ask for these any more.  @d owns it, the caller has a reference.
 * -EINTR: call again; -EINVAL: it was given away already.
 */
int paging_release(struct domain *d, struct frame *f) __must_check;
/* Take the roots and descriptor tables of a dying domain's vCPUs; 0 or -EINTR. */
int paging_drop_vcpus(struct domain *d);
/* Then release its frames. 0 when all tables are unpinned and dropped; -EINTR. */
int paging_relinquish(struct domain *d);

/* A flush that reaches every CPU that may hold @d's translations. */
void paging_flush_domain(struct domain *d);

/* Every path that changes a guest page without a guest entry calls this (log-dirty later). */
static inline void dirty_mark(struct domain *d, mfn_t m)
{
}
