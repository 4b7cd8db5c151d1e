/* SPDX-License-Identifier: MIT */
/*
 * The end: registers to the log, then panic.
 */
#pragma once

#include "lib/types.h"
#include "x86/regs.h"

void __noreturn entry_die(const struct regs *regs, const char *what);
