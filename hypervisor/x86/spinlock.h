/* SPDX-License-Identifier: MIT */
/*
 * Ticket spinlocks.
 *
 * The plain form leaves interrupts alone: it is for locks that no interrupt
 * handler takes.  A lock that one does take is always taken with the _irqsave
 * form.  Hypercalls run with interrupts enabled.
 */
#ifndef X86_SPINLOCK_H
#define X86_SPINLOCK_H

#include "x86/atomic.h"
#include "x86/bug.h"
#include "x86/insn.h"
#include "x86/percpu.h"

struct spinlock {
	u16 head; /* ticket being served */
	u16 tail; /* next ticket to hand out */
	u32 owner; /* CPU + 1 that holds it, 0 if none */
};

#define SPINLOCK_INIT { 0, 0, 0 }

static inline void spin_init(struct spinlock *l)
{
	l->head = l->tail = 0;
	l->owner = 0;
}

static inline void spin_lock(struct spinlock *l)
{
	u16 ticket = __atomic_fetch_add(&l->tail, 1, __ATOMIC_ACQ_REL);

	ASSERT(READ_ONCE(l->owner) != this_cpu_id() + 1);
	while (unlikely(__atomic_load_n(&l->head, __ATOMIC_ACQUIRE) != ticket))
		insn_pause();
	l->owner = this_cpu_id() + 1;
}

static inline bool spin_trylock(struct spinlock *l)
{
	u16 head = READ_ONCE(l->head), tail = head;

	if (!atomic_cmpxchg(&l->tail, &tail, (u16)(head + 1)))
		return false;
	l->owner = this_cpu_id() + 1;
	return true;
}

static inline void spin_unlock(struct spinlock *l)
{
	l->owner = 0;
	__atomic_store_n(&l->head, (u16)(l->head + 1), __ATOMIC_RELEASE);
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

#endif
