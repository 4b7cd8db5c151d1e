/* SPDX-License-Identifier: MIT */
/*
 * Inter-processor interrupts with a meaning.
 */
#pragma once

#include "lib/types.h"

/* Make @cpu pass through its exit path (softirqs, event delivery) soon. No-op for this CPU. */
void ipi_kick(unsigned int cpu);

/*
 * Run @fn(@arg) on every CPU in @mask (unsigned long bitmap), this one
 * included if named, and wait.  Interrupts must be enabled and no irqsave
 * lock held; @fn runs with interrupts off.
 */
void ipi_call(unsigned long mask, void (*fn)(void *arg), void *arg);

/* From irq/: VECTOR_CALL arrived; run what others ask of this CPU. Interrupts off. */
void ipi_run_calls(void);
