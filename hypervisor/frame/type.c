/* SPDX-License-Identifier: MIT */
/*
 * Applies the type word's state machine to frames: flush, check, undo.  What
 * takes work is out of line, so that counting up and down is short.
 */
#include "frame/type.h"
#include "abi/error.h"
#include "frame/check.h"
#include "frame/owner.h"

/* Check the table, from the cursor on; if it is bad give back what was taken, then -EINVAL. */
static int type_check(struct frame *f, u64 *w, unsigned int *cursor)
{
	enum frame_type kind = typeword_kind(*w);
	int r = *w & TYPEWORD_FAILED ? -EINVAL : table_validate(f, kind, cursor);

	if (!r || r == -EINTR)
		return r;
	*w |= TYPEWORD_FAILED;
	return table_invalidate(f, kind, cursor) ? -EINTR : -EINVAL;
}

/*
 * The word is BUSY and ours: do what has to happen before the use is real.
 * @was is the word before, @w the word now.
 */
static __noinline int type_settle(struct frame *f, u64 was, u64 w)
{
	enum frame_type kind = typeword_kind(w);
	unsigned int cursor = typeword_cursor(w);
	bool resumed = was & TYPEWORD_PARTIAL;
	int r = 0;

	if (typeword_needs_flush(was, kind))
		owner_flush_stale(f);
	if (typeword_checked_kind(kind))
		r = type_check(f, &w, &cursor);

	if (r == -EINTR)
		w = typeword_check_interrupted(w, cursor);
	else if (r)
		w = typeword_check_failed(w);
	else
		w = typeword_checked(w);

	/* The partial state's own reference comes or goes with it. */
	if ((w & TYPEWORD_PARTIAL) && !resumed)
		atomic_add(&f->ref, 1);
	atomic_store(&f->type, w);
	if (!(w & TYPEWORD_PARTIAL) && resumed)
		owner_put(f);
	return r;
}

int type_get(struct frame *f, enum frame_type type)
{
	u64 w = READ_ONCE(f->type), next = 0;

	for (;;) {
		switch (typeword_get(w, type, &next)) {
		case TYPEWORD_DONE:
			if (likely(atomic_cmpxchg(&f->type, &w, next)))
				return 0;
			break;
		case TYPEWORD_WORK:
			if (atomic_cmpxchg(&f->type, &w, next))
				return type_settle(f, w, next);
			break;
		case TYPEWORD_WAIT:
			insn_pause();
			w = READ_ONCE(f->type);
			break;
		default: return -EINVAL;
		}
	}
}

static __noinline int type_undo(struct frame *f, u64 was, u64 w, bool preemptible)
{
	unsigned int cursor = typeword_cursor(w);
	bool resumed = was & TYPEWORD_PARTIAL;
	int r;

	do {
		r = table_invalidate(f, typeword_kind(w), &cursor);
	} while (r == -EINTR && !preemptible);

	w = r == -EINTR ? typeword_undo_interrupted(w, cursor) : typeword_undone(w);
	if ((w & TYPEWORD_PARTIAL) && !resumed)
		atomic_add(&f->ref, 1);
	atomic_store(&f->type, w);
	if (!(w & TYPEWORD_PARTIAL) && resumed)
		owner_put(f);
	return r;
}

int type_put(struct frame *f, bool preemptible)
{
	u64 w, next = 0;

	/*
	 * Before the count falls, because who takes the frame next reads the
	 * stamp; and at every put, not at the last only: between the stamp of
	 * the last and its exchange another use may come and go, the word being
	 * the same again.
	 */
	owner_stamp(f);
	w = READ_ONCE(f->type);
	for (;;) {
		switch (typeword_put(w, &next)) {
		case TYPEWORD_DONE:
			if (likely(atomic_cmpxchg(&f->type, &w, next)))
				return 0;
			break;
		case TYPEWORD_WORK:
			if (atomic_cmpxchg(&f->type, &w, next))
				return type_undo(f, w, next, preemptible);
			break;
		case TYPEWORD_REFUSE:
			/*
			 * BUSY with a use of ours: another CPU took WRITABLE
			 * while we hold it too, which cannot be (the flush is
			 * for the first use).  No use at all is a leak made.
			 */
			BUG();
		default: insn_pause(); w = READ_ONCE(f->type);
		}
	}
}

bool type_share(struct frame *f, enum frame_type type)
{
	u64 w = READ_ONCE(f->type);

	while (typeword_shared(w, 1) && typeword_kind(w) == type)
		if (atomic_cmpxchg(&f->type, &w, w + 1))
			return true;
	return false;
}

bool type_unshare(struct frame *f)
{
	u64 w;

	owner_stamp(f);
	w = READ_ONCE(f->type);
	while (typeword_shared(w, 2))
		if (atomic_cmpxchg(&f->type, &w, w - 1))
			return true;
	return false;
}

int type_get_owned(mfn_t m, u16 domid, enum frame_type type)
{
	struct frame *f = owner_get(m, domid);
	int r;

	if (!f)
		return -EINVAL;
	r = type_get(f, type);
	if (unlikely(r))
		owner_put(f);
	return r;
}

void type_put_owned(struct frame *f)
{
	type_put(f, false);
	owner_put(f);
}

int type_pin(struct frame *f, enum frame_type type)
{
	int r;

	if (READ_ONCE(f->type) & TYPEWORD_PINNED)
		return -EINVAL;
	r = type_get(f, type);
	if (r)
		return r;
	check_everything();
	atomic_add(&f->ref, 1);
	atomic_or(&f->type, TYPEWORD_PINNED);
	return 0;
}

int type_unpin(struct frame *f)
{
	int r;

	if (!(READ_ONCE(f->type) & TYPEWORD_PINNED))
		return -EINVAL;
	check_everything();
	/* While it is being undone the pin's use is still there, so the pin is too. */
	atomic_and(&f->type, ~TYPEWORD_PINNED);
	r = type_put(f, true);
	if (r == -EINTR)
		atomic_or(&f->type, TYPEWORD_PINNED);
	else
		owner_put(f);
	return r;
}

void type_adopt(struct frame *f)
{
	u64 w = READ_ONCE(f->type);

	if (typeword_abandoned(w) && atomic_cmpxchg(&f->type, &w, typeword_adopt(w)))
		atomic_add(&f->ref, 1);
}

bool type_pinned(const struct frame *f)
{
	return READ_ONCE(f->type) & TYPEWORD_PINNED;
}
