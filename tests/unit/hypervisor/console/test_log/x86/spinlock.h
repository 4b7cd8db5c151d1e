/* SPDX-License-Identifier: MIT */
/* Locks of a test with one thread and no right to stop interrupts. */
#pragma once

#include "x86/atomic.h"
#include "x86/insn.h"
struct spinlock {
	int held;
};
#define SPINLOCK_INIT \
	{             \
		0     \
	}
#define spin_trylock(l)		(!(l)->held++)
#define spin_held(l)		((l)->held != 0)
#define spin_unlock(l)		((l)->held = 0)
#define insn_irq_save()		0
#define insn_irq_restore(flags) ((void)(flags))
