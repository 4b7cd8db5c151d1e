/* SPDX-License-Identifier: MIT */
/* sources: */
/* Event words in pages of a guest: nothing but its own bits is changed. */
#include "evtchn/fifo_word.h"

#include "pure.h"

void fuzz(struct input *in)
{
	while (in->left >= 4) {
		event_word_t before = (event_word_t)take(in, 4), w = before;
		u32 port = (u32)take(in, 3) & EVTCHN_FIFO_LINK_MASK;

		switch (take(in, 1) % 3) {
		case 0:
			must(fifo_word_link(&w, port) == !!(before & FIFO_LINKED));
			must(!(w & FIFO_BUSY) || before & FIFO_BUSY);
			if (before & FIFO_LINKED)
				must((w & EVTCHN_FIFO_LINK_MASK) == port);
			must(!((w ^ before) & (FIFO_PENDING | FIFO_MASKED | FIFO_LINKED)));
			break;
		case 1:
			must(fifo_word_raise(&w) == !(before & (FIFO_MASKED | FIFO_LINKED)));
			must(w == (before | FIFO_PENDING));
			break;
		default:
			must(fifo_word_claim(&w) == !(before & FIFO_LINKED));
			must(w == (before | FIFO_LINKED));
		}
	}
}
