/* SPDX-License-Identifier: MIT */
/*
 * What surrounds panic() of console/log.h: registers, and the machine's end.
 */
#pragma once

#include "console/log.h"
#include "x86/regs.h"

/*
 * Print @regs of @cpu with symbol names and, if they are the hypervisor's, a
 * backtrace: of another CPU what is on its stack now.
 */
void panic_regs(const struct regs *regs, unsigned int cpu);

/* Stay halted after a panic (option `noreboot`). */
void panic_set_noreboot(bool stay);
bool panic_noreboot(void);

/*
 * Registered by higher layers: @stop halts the other CPUs, @reset restarts the
 * machine.  Either may be NULL; @reset may return if it failed.
 */
void panic_set_hooks(void (*stop)(void), void (*reset)(void));
