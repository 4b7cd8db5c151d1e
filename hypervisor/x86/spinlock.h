/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks, not in order of arrival.
 *
 * This hypervisor is at home in virtual machines, whose processors stop and
 * start without notice.  A queue would hand the lock to a waiter that is not
 * running while others that are spin on; so whoever finds it free takes it.
 *
 * The plain form leaves interrupts alone: it is for locks that no interrupt
 * handler takes.  A lock that one does take is always taken with the _irqsave
 * form.  Hypercalls run with interrupts enabled.
 */
#pragma once

#include "x86/atomic.h"
#include "x86/bug.h"
#include "x86/insn.h"
#include "x86/percpu.h"

struct spinlock {
	u32 owner; /* CPU + 1 that holds it, 0 if none */
};

#define SPINLOCK_INIT \
	{             \
		0     \
	}

static inline void spin_init(struct spinlock *l)
{
	l->owner = 0;
}

static inline bool spin_trylock(struct spinlock *l)
{
	u32 none = 0;

	return atomic_cmpxchg(&l->owner, &none, this_cpu_id() + 1);
}

static inline void spin_lock(struct spinlock *l)
{
	ASSERT(READ_ONCE(l->owner) != this_cpu_id() + 1);
	while (unlikely(!spin_trylock(l)))
		while (READ_ONCE(l->owner))
			insn_pause();
}

static inline void spin_unlock(struct spinlock *l)
{
	atomic_store(&l->owner, 0);
}

static inline u64 spin_lock_irqsave(struct spinlock *l)
{
	u64 flags = insn_irq_save();

	spin_lock(l);
	return flags;
}

static inline void spin_unlock_irqrestore(struct spinlock *l, u64 flags)
{
	spin_unlock(l);
	insn_irq_restore(flags);
}

static inline bool spin_held(const struct spinlock *l)
{
	return READ_ONCE(l->owner) == this_cpu_id() + 1;
}

/*
 * SPIN_HOLD(lock) takes a lock until the end of the block that it stands in,
 * however that is left; SPIN_HOLD_IRQ(lock) is the same in the _irqsave form.
 * One a block: whoever takes more, or lets go earlier, says so with the calls above.
 */
struct spin_hold {
	struct spinlock *lock;
	u64 flags;
};

static inline void spin_hold_end(struct spin_hold *h)
{
	spin_unlock(h->lock);
}

static inline void spin_hold_end_irq(struct spin_hold *h)
{
	spin_unlock_irqrestore(h->lock, h->flags);
}

#define SPIN_HOLD_UNTIL(end, ...) struct spin_hold spin_hold_here __cleanup(end) = { __VA_ARGS__ }
#define SPIN_HOLD(l)		  SPIN_HOLD_UNTIL(spin_hold_end, (spin_lock(l), (l)), 0)
#define SPIN_HOLD_IRQ(l)	  SPIN_HOLD_UNTIL(spin_hold_end_irq, (l), spin_lock_irqsave(l))
