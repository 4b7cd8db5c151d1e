/* SPDX-License-Identifier: MIT */
/*
 * The rules of frames and page tables, counted a second time.
 *
 * The hypervisor keeps counts as entries come and go and trusts them.  This
 * believes none of them: it reads the tables as they lie in memory and says
 * what each frame must then be.  It shares no code with paging/ but the names
 * of bits.  A complaint is a panic that begins with "checker:".
 */
#pragma once

#include "domain/vcpu.h"
#include "frame/typeword.h"

/* table.c: one table against the frame table; its owner's mm_lock is held, if @locked. */
void checker_table(struct domain *d, const struct frame *table);
/* How many entries of a table hold what they refer to: all, or those below the cursor. */
unsigned int checker_held(const struct frame *table);

/* recount.c: every table and every standing use of the machine. */
void checker_recount(void);

/* plant.c: if the command line asks for it, an error now; true once it is made. */
bool checker_plant(struct domain *d, struct frame *table);

#define complain(...) panic("checker: " __VA_ARGS__)

static inline bool checker_is_table(enum frame_type kind)
{
	return kind >= FRAME_L1 && kind <= FRAME_L4;
}
