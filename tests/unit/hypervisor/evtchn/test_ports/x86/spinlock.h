/* SPDX-License-Identifier: MIT */
/* Locks that check their use. */
#pragma once

#include "x86/atomic.h"
#include "x86/bug.h"
#include "x86/insn.h"

struct spinlock {
	u64 held;
};

#define SPINLOCK_INIT \
	{             \
		0     \
	}

static inline void spin_init(struct spinlock *l)
{
	l->held = 0;
}

static inline void spin_lock(struct spinlock *l)
{
	ck_assert_msg(!l->held, "lock taken twice");
	l->held = 1;
}

static inline bool spin_trylock(struct spinlock *l)
{
	if (l->held)
		return false;
	l->held = 1;
	return true;
}

static inline void spin_unlock(struct spinlock *l)
{
	ck_assert_msg(l->held, "lock not held");
	l->held = 0;
}

static inline u64 spin_lock_irqsave(struct spinlock *l)
{
	spin_lock(l);
	return 0;
}

static inline void spin_unlock_irqrestore(struct spinlock *l, u64 flags)
{
	(void)flags;
	spin_unlock(l);
}

/* As in the hypervisor. */
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
