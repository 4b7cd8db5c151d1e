/* SPDX-License-Identifier: MIT */
/*
 * How another processor gets from its reset state to C.
 *
 * The code between trampoline_start and trampoline_end is copied to a page
 * below 1 MiB (real mode starts at the page boundary), with a block of
 * parameters at its end.  It enters long mode on a table that also maps the
 * low memory, then calls the entry with the given stack and the host's CR3.
 */
#pragma once

#include "lib/types.h"

struct trampoline_params {
	u64 boot_cr3; /* below 4 GiB: host map and identity map of the low memory */
	u64 cr3;      /* the host's top-level table, loaded before the call */
	u64 stack;    /* stack pointer at the call */
	u64 entry;    /* void (*)(void), does not return */
};

extern const char trampoline_start[], trampoline_end[];
extern struct trampoline_params trampoline_params; /* inside the above */

/* Set by frame/hostmap.c: the low page (0: the machine has none) and its table. */
extern u64 trampoline_phys;
extern u64 trampoline_cr3;

/*
 * Copy the trampoline with these parameters; returns the page number to put
 * into the start-up IPI (address >> 12), 0 if there is no low memory.  One AP
 * at a time: the parameters are read until @entry runs.
 */
u8 trampoline_prepare(u64 stack, void (*entry)(void));
