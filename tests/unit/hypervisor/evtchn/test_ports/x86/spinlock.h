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
