/* SPDX-License-Identifier: MIT */
/*
 * The type word of a frame: what it is used as, how often, and how far its
 * validation has come.  The transitions are a pure state machine on the word
 * (frame/typeword.h), unit-tested and model-checked on the host; this file
 * applies it to real frames.
 */
#pragma once

#include "frame/typeword.h"
#include "x86/atomic.h"

/*
 * Take a use of @f as @type.  The caller holds a general reference (owner_get)
 * for as long as the use.  May validate a table (through table_validate).
 *
 * Returns 0; -EINVAL if it is in use as something else or its content is bad
 * for @type; -EINTR (with progress kept in the frame and nothing taken) if it
 * should be called again after a preemption point.
 * For table types the owner's mm_lock is held.
 */
int type_get(struct frame *f, enum frame_type type) __must_check;

/* Give the use back; -EINTR as above while a table is being invalidated (only if @preemptible). */
int type_put(struct frame *f, bool preemptible);

/*
 * One more use of a table that is in use already, one less where others
 * remain: without the mm_lock, since nothing is checked or undone.  False if
 * it takes more than that; the caller then takes the lock and the long way.
 */
bool type_share(struct frame *f, enum frame_type type) __must_check;
bool type_unshare(struct frame *f) __must_check;

/* References and use in one go, for RAM of domain @domid. */
int type_get_owned(mfn_t m, u16 domid, enum frame_type type) __must_check;
void type_put_owned(struct frame *f);

/* Pin: a use that the frame itself holds. -EINVAL if it is pinned already / not pinned. */
int type_pin(struct frame *f, enum frame_type type) __must_check;
int type_unpin(struct frame *f) __must_check;

/* Whether the frame holds a pin. */
bool type_pinned(const struct frame *f);

/*
 * Teardown: turn an interrupted check that nobody will resume, if there is
 * one, into a pin, for type_unpin() to undo.  mm_lock held; @f referenced.
 */
void type_adopt(struct frame *f);

static inline enum frame_type type_of(const struct frame *f)
{
	return typeword_kind(READ_ONCE(f->type));
}

static inline bool type_validated(const struct frame *f)
{
	return READ_ONCE(f->type) & TYPEWORD_VALID;
}

/*
 * Provided above, by paging/validate.c: check every entry of the table and
 * take (give back) what the entries refer to.  @cursor is progress to resume
 * from, kept in the type word: entries below it hold what they refer to.  0,
 * -EINTR, or, of validation, -EINVAL, and what is below the cursor is to be
 * invalidated.
 */
int table_validate(struct frame *f, enum frame_type type, unsigned int *cursor);
int table_invalidate(struct frame *f, enum frame_type type, unsigned int *cursor);
