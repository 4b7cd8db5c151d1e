/* SPDX-License-Identifier: MIT */
/*
 * The type word's state machine: pure functions from a word and an event to
 * the next word, so that the host can try every interleaving.
 *
 * Fields: a count of uses; the kind; VALID (a table's entries are checked and
 * hold what they refer to); PINNED; BUSY (one processor is flushing, checking
 * or undoing, nobody else may rely on the word); PARTIAL with a cursor (such
 * work was interrupted: entries below the cursor hold what they refer to, and
 * the state itself holds one general reference so that the frame stays).
 *
 * Rules
 *  - The kind changes only from count 0 and not PARTIAL.  The kind stays
 *    readable at count 0: it says which translations may still be cached.
 *  - Only WRITABLE is taken and dropped without the owner's mm_lock, and uses
 *    of a checked table beyond its first (typeword_shared).  Every other
 *    transition is made under it, so BUSY is contended for WRITABLE only:
 *    there a second taker waits until the first one's flush is done.
 *  - A table whose count falls to 0 is undone at once, before the count does
 *    (the last user's count stays 1 and BUSY meanwhile), so a word with count
 *    0 is VALID never.
 *  - Interrupted checking leaves count 0 (nothing was taken): the next taker
 *    of the same kind goes on up from the cursor.  Interrupted undoing leaves
 *    count 1, which belongs to whoever was dropping it and goes on down; a
 *    taker is refused, because the child at the cursor may be half undone too.
 *  - A check that fails is undone the same way, marked FAILED with count 0:
 *    the taker who comes again goes on down and hears of the failure at the end.
 */
#pragma once

#include "frame/frame.h"

#define TYPEWORD_COUNT	      0x00000000ffffffffULL
#define TYPEWORD_COUNT_MAX    0x000000007fffffffULL
#define TYPEWORD_KIND_SHIFT   32
#define TYPEWORD_KIND	      (7ULL << TYPEWORD_KIND_SHIFT)
#define TYPEWORD_VALID	      (1ULL << 36)
#define TYPEWORD_PINNED	      (1ULL << 37)
#define TYPEWORD_BUSY	      (1ULL << 38)
#define TYPEWORD_PARTIAL      (1ULL << 39)
#define TYPEWORD_FAILED	      (1ULL << 40)
#define TYPEWORD_CURSOR_SHIFT 48
#define TYPEWORD_CURSOR	      (0x3ffULL << TYPEWORD_CURSOR_SHIFT)

#define TYPEWORD_ENTRIES 512

enum typeword_action {
	TYPEWORD_REFUSE, /* in use as something else */
	TYPEWORD_WAIT,	 /* look again soon */
	TYPEWORD_DONE,	 /* install the next word, nothing else to do */
	TYPEWORD_WORK,	 /* install (BUSY), then flush and check, or undo */
};

static inline enum frame_type typeword_kind(u64 w)
{
	return (enum frame_type)((w & TYPEWORD_KIND) >> TYPEWORD_KIND_SHIFT);
}

static inline u64 typeword_count(u64 w)
{
	return w & TYPEWORD_COUNT;
}

static inline unsigned int typeword_cursor(u64 w)
{
	return (w & TYPEWORD_CURSOR) >> TYPEWORD_CURSOR_SHIFT;
}

static inline u64 typeword_make(enum frame_type kind, u64 count)
{
	return ((u64)kind << TYPEWORD_KIND_SHIFT) | count;
}

/* Kinds whose content is checked before use: tables and segment descriptors. */
static inline bool typeword_checked_kind(enum frame_type kind)
{
	return kind >= FRAME_L1 && kind <= FRAME_SEGDESC;
}

/* A checked table with @least uses or more, and room for another: its count can change by one with no work. */
static inline bool typeword_shared(u64 w, u64 least)
{
	return (w & (TYPEWORD_VALID | TYPEWORD_BUSY | TYPEWORD_PARTIAL)) == TYPEWORD_VALID &&
	       typeword_count(w) >= least && typeword_count(w) < TYPEWORD_COUNT_MAX;
}

/*
 * Whether caches that hold translations made under the old word must go before
 * the frame is used as @kind: a stale writable mapping of a new table, but
 * equally a stale walk through what is about to become writable.
 */
static inline bool typeword_needs_flush(u64 was, enum frame_type kind)
{
	return typeword_kind(was) != FRAME_NONE && typeword_kind(was) != kind;
}

/* One more use as @kind. */
static inline enum typeword_action typeword_get(u64 w, enum frame_type kind, u64 *next)
{
	bool same = typeword_kind(w) == kind;

	if (w & TYPEWORD_BUSY)
		return same && kind == FRAME_WRITABLE ? TYPEWORD_WAIT : TYPEWORD_REFUSE;
	if (same && typeword_count(w) == TYPEWORD_COUNT_MAX)
		return TYPEWORD_REFUSE;
	if (w & TYPEWORD_PARTIAL) {
		*next = ((w & ~TYPEWORD_PARTIAL) | TYPEWORD_BUSY) + 1;
		return same && !typeword_count(w) ? TYPEWORD_WORK : TYPEWORD_REFUSE;
	}
	if (same && (typeword_count(w) || kind == FRAME_WRITABLE)) {
		*next = w + 1;
		return TYPEWORD_DONE;
	}
	if (typeword_count(w))
		return TYPEWORD_REFUSE;
	*next = typeword_make(kind, 1);
	/* What was never anything else is writable at once. */
	if (!typeword_needs_flush(w, kind) && !typeword_checked_kind(kind))
		return TYPEWORD_DONE;
	*next |= TYPEWORD_BUSY;
	return TYPEWORD_WORK;
}

/* The work that typeword_get() asked for on @w is done, or failed with everything undone. */
static inline u64 typeword_checked(u64 w)
{
	w &= ~(TYPEWORD_BUSY | TYPEWORD_CURSOR);
	return typeword_checked_kind(typeword_kind(w)) ? w | TYPEWORD_VALID : w;
}

static inline u64 typeword_check_failed(u64 w)
{
	return typeword_make(typeword_kind(w), 0);
}

static inline u64 typeword_check_interrupted(u64 w, unsigned int cursor)
{
	w = (w & ~(TYPEWORD_BUSY | TYPEWORD_CURSOR)) - 1;
	return w | TYPEWORD_PARTIAL | ((u64)cursor << TYPEWORD_CURSOR_SHIFT);
}

/* One use less. The caller has one, so BUSY here is a mistake of ours. */
static inline enum typeword_action typeword_put(u64 w, u64 *next)
{
	if ((w & TYPEWORD_BUSY) || !typeword_count(w))
		return TYPEWORD_REFUSE;
	if (w & TYPEWORD_PARTIAL) {
		*next = (w & ~TYPEWORD_PARTIAL) | TYPEWORD_BUSY;
		return TYPEWORD_WORK;
	}
	*next = w - 1;
	if (typeword_count(w) > 1 || !typeword_checked_kind(typeword_kind(w)))
		return TYPEWORD_DONE;
	*next = (w & ~TYPEWORD_VALID) | TYPEWORD_BUSY |
		((u64)TYPEWORD_ENTRIES << TYPEWORD_CURSOR_SHIFT);
	return TYPEWORD_WORK;
}

/* The undoing that typeword_put() asked for is done: the kind stays as a reminder. */
static inline u64 typeword_undone(u64 w)
{
	return typeword_make(typeword_kind(w), 0);
}

static inline u64 typeword_undo_interrupted(u64 w, unsigned int cursor)
{
	w &= ~(TYPEWORD_BUSY | TYPEWORD_CURSOR);
	return w | TYPEWORD_PARTIAL | ((u64)cursor << TYPEWORD_CURSOR_SHIFT);
}

/*
 * An interrupted check that nobody will resume (teardown): as a pin whose
 * undoing was interrupted, so that unpinning goes on with it.
 */
static inline bool typeword_abandoned(u64 w)
{
	return (w & TYPEWORD_PARTIAL) && !typeword_count(w);
}

static inline u64 typeword_adopt(u64 w)
{
	return ((w & ~TYPEWORD_FAILED) | TYPEWORD_PINNED) + 1;
}
