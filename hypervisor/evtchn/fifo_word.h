/* SPDX-License-Identifier: MIT */
/*
 * The event word of FIFO delivery, and what the hypervisor may do to it.
 *
 * A word lies in guest memory.  A well-behaved guest changes a LINKED word in
 * four ways only: set MASKED, clear MASKED, clear PENDING, clear LINKED (with
 * LINK).  A hostile one writes anything at any time, so nothing is believed
 * about a word but what one atomic operation has just returned, and every loop
 * is bounded.  All here is plain memory and unit-tested as such.
 */
#pragma once

#include "abi/abi.h"
#include "x86/atomic.h"

#define FIFO_PENDING (1U << EVTCHN_FIFO_PENDING)
#define FIFO_MASKED  (1U << EVTCHN_FIFO_MASKED)
#define FIFO_LINKED  (1U << EVTCHN_FIFO_LINKED)
#define FIFO_BUSY    (1U << EVTCHN_FIFO_BUSY)

/*
 * With BUSY set an honest guest does not unmask; what is left (mask, clear
 * PENDING, clear LINKED) can make the exchange fail three times, and the
 * attempt that set BUSY once more.
 */
#define FIFO_LINK_TRIES 4

/*
 * Make the tail's word @w point to @port, if the guest has not taken it off
 * the queue: true if linked, false if the queue is empty (or the guest plays
 * tricks, which costs it the events queued so far and nobody else anything).
 */
static inline bool fifo_word_link(event_word_t *w, u32 port)
{
	event_word_t old = READ_ONCE(*w);
	unsigned int try;

	for (try = 0; try <= FIFO_LINK_TRIES; try++) {
		if (!(old & FIFO_LINKED))
			break;
		if (atomic_cmpxchg(w, &old, (old & ~(FIFO_BUSY | EVTCHN_FIFO_LINK_MASK)) | port))
			return true;
		if (try == 0) {
			atomic_or(w, FIFO_BUSY);
			old = READ_ONCE(*w);
		}
	}
	if (try)
		atomic_and(w, ~FIFO_BUSY);
	return false;
}

/* Set PENDING; true if the event must be put on a queue (unmasked and on none). */
static inline bool fifo_word_raise(event_word_t *w)
{
	return !((atomic_or(w, FIFO_PENDING) | FIFO_PENDING) & (FIFO_MASKED | FIFO_LINKED));
}

/* Claim the word for a queue; false if it is on one. */
static inline bool fifo_word_claim(event_word_t *w)
{
	return !(atomic_or(w, FIFO_LINKED) & FIFO_LINKED);
}
