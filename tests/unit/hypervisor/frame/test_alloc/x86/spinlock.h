/* SPDX-License-Identifier: MIT */
/* Locks of a test with one thread and no right to stop interrupts. */
#pragma once

#include "x86/atomic.h"
struct spinlock {
	int held;
};
#define SPINLOCK_INIT \
	{             \
		0     \
	}
static inline u64 spin_lock_irqsave(struct spinlock *l)
{
	return l->held++;
}
static inline void spin_unlock_irqrestore(struct spinlock *l, u64 flags)
{
	l->held = (int)flags;
}
struct spin_hold {
	struct spinlock *lock;
	u64 flags;
};
static inline void spin_hold_end(struct spin_hold *h)
{
	spin_unlock_irqrestore(h->lock, h->flags);
}
#define SPIN_HOLD_IRQ(l) \
	struct spin_hold spin_hold_here __cleanup(spin_hold_end) = { (l), spin_lock_irqsave(l) }
