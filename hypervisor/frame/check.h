/* SPDX-License-Identifier: MIT */
/*
 * Where the reference checker looks in.  The debug build links it from
 * tests/hypervisor/checker; all others have nothing here.
 */
#pragma once

struct frame;

#ifdef DEBUG
void check_touched(const struct frame *table); /* an entry of it changed, or it was validated */
void check_everything(void);		       /* a pin or a domain came or went */
/* At the end of each call and emulated store; no lock held, nothing taken for a moment. */
void check_batch(void);
#else
static inline void check_touched(const struct frame *table)
{
}
static inline void check_everything(void)
{
}
static inline void check_batch(void)
{
}
#endif
