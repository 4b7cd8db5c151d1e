/* SPDX-License-Identifier: MIT */
/*
 * Frames that nobody owns, kept for later: chained by frame.next.
 */
#pragma once

#include "frame/frame.h"

struct frame_chain {
	u32 first, count;
};

static inline void chain_push(struct frame_chain *c, mfn_t m)
{
	frame_of(m)->next = c->first;
	c->first = (u32)m.v;
	c->count++;
}

/* The last pushed; there is one. */
static inline mfn_t chain_pop(struct frame_chain *c)
{
	mfn_t m = mfn(c->first);

	c->first = frame_of(m)->next;
	frame_of(m)->next = 0;
	c->count--;
	return m;
}
