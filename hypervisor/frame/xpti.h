/* SPDX-License-Identifier: MIT */
/*
 * Running guests without the hypervisor's memory mapped, on processors with
 * Meltdown: there a guest can read all that its table maps, whatever the
 * user bit says.
 *
 * The hypervisor runs on the guest's own top-level table.  The last step of the
 * way out changes to a copy of it that belongs to this CPU and in which slots
 * 256 to 271 hold no more than the way in needs: the entry code, this CPU's
 * block (stacks, stubs, TSS, descriptor tables) and the read-only M2P.  The
 * first step of the way in changes back (entry/mitigated.S).
 *
 * A CPU keeps several copies, since each system call of a guest alternates
 * between the tables of its kernel and its user mode.  A copy is good while no
 * top-level entry of its domain has changed, which a generation tells; the way
 * out looks with interrupts off, at each exit.  So after the interrupt with
 * which somebody flushes this CPU, the guest walks no old entry.
 *
 * Why no entry outlives the check of what it leads to: who changes an entry
 * (1) writes it, (2) renews the generation, (3) reads the flush clock for the
 * frame's stamp, in this order.  A CPU that need not be flushed read a later
 * clock (smp/tlb.c) and looks at the generation after that.  The loads of CR3 at
 * entry and exit are not counted as flushes, since an exit's is after its look.
 */
#pragma once

#include "frame/owner.h"
#include "x86/atomic.h"
#include "x86/speculation.h"

extern u64 xpti_generation; /* the last one given out */

/* An entry of a top-level table of @pool's domain has changed, or a table has been validated. */
static inline void xpti_root_changed(struct frame_pool *pool)
{
	if (unlikely(speculation.measures & SPEC_XPTI))
		atomic_xchg(&pool->root_generation, atomic_add(&xpti_generation, 1));
}

/* Tables for CPU @cpu, whose block exists.  -ENOMEM. */
int xpti_init_cpu(unsigned int cpu) __must_check;
