/* SPDX-License-Identifier: MIT */
/*
 * The type word: single transitions, then a model checker that runs two CPUs
 * through every interleaving of their accesses to one frame.
 */
#include "frame/typeword.h"

#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(kinds_exclude_each_other)
{
	for (int have = FRAME_L1; have <= FRAME_WRITABLE; have++)
		for (int want = FRAME_L1; want <= FRAME_WRITABLE; want++) {
			u64 w = typeword_make((enum frame_type)have, 1), next;
			enum typeword_action a;

			if (typeword_checked_kind((enum frame_type)have))
				w |= TYPEWORD_VALID;
			a = typeword_get(w, (enum frame_type)want, &next);
			ck_assert_int_eq(a, have == want ? TYPEWORD_DONE : TYPEWORD_REFUSE);
		}
}
END_TEST

START_TEST(a_standing_use_of_no_kind_excludes_all)
{
	u64 next;

	for (int want = FRAME_L1; want <= FRAME_WRITABLE; want++)
		ck_assert_int_eq(typeword_get(1, (enum frame_type)want, &next), TYPEWORD_REFUSE);
}
END_TEST

START_TEST(the_count_does_not_overflow)
{
	u64 w = typeword_make(FRAME_WRITABLE, TYPEWORD_COUNT_MAX), next;

	ck_assert_int_eq(typeword_get(w, FRAME_WRITABLE, &next), TYPEWORD_REFUSE);
	ck_assert_int_eq(typeword_get(w - 1, FRAME_WRITABLE, &next), TYPEWORD_DONE);
	ck_assert_uint_eq(next, w);
	ck_assert_int_eq(typeword_put(w, &next), TYPEWORD_DONE);
}
END_TEST

START_TEST(a_change_of_kind_flushes_and_a_fresh_frame_does_not)
{
	for (int was = FRAME_NONE; was <= FRAME_WRITABLE; was++)
		for (int is = FRAME_L1; is <= FRAME_WRITABLE; is++)
			ck_assert_int_eq(typeword_needs_flush(typeword_make((enum frame_type)was, 0),
							      (enum frame_type)is),
					 was != FRAME_NONE && was != is);
}
END_TEST

START_TEST(only_a_fresh_frame_is_writable_without_work)
{
	for (int was = FRAME_NONE; was < FRAME_WRITABLE; was++)
		for (int want = FRAME_L1; want <= FRAME_WRITABLE; want++) {
			bool fresh = was == FRAME_NONE && want == FRAME_WRITABLE;
			u64 w = typeword_make((enum frame_type)was, 0), next;

			ck_assert_int_eq(typeword_get(w, (enum frame_type)want, &next),
					 fresh ? TYPEWORD_DONE : TYPEWORD_WORK);
			ck_assert_uint_eq(next, typeword_make((enum frame_type)want, 1) |
							(fresh ? 0 : TYPEWORD_BUSY));
		}
}
END_TEST

START_TEST(a_put_without_a_use_is_noticed)
{
	u64 next;

	ck_assert_int_eq(typeword_put(0, &next), TYPEWORD_REFUSE);
	ck_assert_int_eq(typeword_put(typeword_make(FRAME_L1, 0), &next), TYPEWORD_REFUSE);
}
END_TEST

/*
 * The model.
 *
 * One frame with ENTRIES entries; two CPUs that each carry out up to OPS
 * operations chosen freely from enum op, one access to shared state a step, as
 * frame/type.c does.  A table operation may stop at any entry, fail at any
 * entry (checking only), and its lock excludes the other CPU's.  Beside the
 * word the state has what must be true of the world: which entries hold their
 * references, which translations may be cached, which losses the stamp does
 * not cover yet.
 */
#define ENTRIES	   2
#define OPS	   3
#define CPUS	   2
#define MAX_STATES (1u << 22)

enum op {
	GET_WRITABLE,
	PUT_WRITABLE,
	GET_L1,
	PUT_L1,
	GET_L2,
	PUT_L2,
	PIN_L1,
	UNPIN,
	SHARE_L1, /* these two without the lock: type_share(), type_unshare() */
	UNSHARE_L1,
	NR_OPS
};

enum pc { IDLE, LOCKED, READ, STAMP, SWAP, FLUSH, CHECK, FAIL, UNDO, FINISH_CHECK, FINISH_UNDO };

struct cpu {
	u8 pc, op, left, at, failed, interrupted;
	u8 writable, l1, l2; /* uses it has */
	u8 lost;	     /* its last mapping went and the stamp does not say so yet */
	u8 owes; /* an interrupted put or unpin of ours is to be resumed first: op + 1 */
	u64 seen, next;
};

struct state {
	u64 word;
	struct cpu cpu[CPUS];
	u8 held[ENTRIES]; /* 0, or the kind as which the entry's references are held */
	u8 pins, lock;	  /* lock: CPU + 1 */
	u8 stale_write;	  /* a writable translation may be cached */
	u8 stale_walk;	  /* a walk through it as this kind may be cached */
	u8 partial_ref;
};

static struct state *table;
static u8 *used;
static struct state *stack;
static size_t nr_states, depth;

static u64 hash(const struct state *s)
{
	const u64 *p = (const u64 *)(const void *)s;
	u64 h = 1469598103934665603ULL;

	for (size_t i = 0; i < sizeof(*s) / 8; i++)
		h = (h ^ p[i]) * 1099511628211ULL, h ^= h >> 29;
	return h;
}

_Static_assert(sizeof(struct state) % 8 == 0, "hashed by words");

static void visit(const struct state *s)
{
	size_t i = hash(s) % MAX_STATES;

	while (used[i]) {
		if (!memcmp(&table[i], s, sizeof(*s)))
			return;
		i = (i + 1) % MAX_STATES;
	}
	used[i] = 1;
	table[i] = *s;
	ck_assert_uint_lt(++nr_states, MAX_STATES / 8 * 7);
	stack[depth++] = *s;
}

static enum frame_type op_kind(u8 op)
{
	switch (op) {
	case GET_WRITABLE:
	case PUT_WRITABLE: return FRAME_WRITABLE;
	case GET_L2:
	case PUT_L2: return FRAME_L2;
	default: return FRAME_L1;
	}
}

static bool op_gets(u8 op)
{
	return op == GET_WRITABLE || op == GET_L1 || op == GET_L2 || op == PIN_L1 || op == SHARE_L1;
}

static u8 *uses(struct cpu *c, u8 op)
{
	return op_kind(op) == FRAME_WRITABLE ? &c->writable
	       : op_kind(op) == FRAME_L1     ? &c->l1
					     : &c->l2;
}

static unsigned int sum(const struct state *s, enum frame_type kind)
{
	unsigned int n = kind == FRAME_L1 ? s->pins : 0;

	for (int i = 0; i < CPUS; i++)
		n += kind == FRAME_WRITABLE ? s->cpu[i].writable
		     : kind == FRAME_L1	    ? s->cpu[i].l1
					    : s->cpu[i].l2;
	return n;
}

/* The operation is over; the lock goes with it. */
static void finish(struct state *s, int n)
{
	struct cpu *c = &s->cpu[n];

	if (s->lock == n + 1)
		s->lock = 0;
	c->pc = IDLE;
	c->op = c->at = c->failed = c->interrupted = 0;
	c->seen = c->next = 0;
}

static void got(struct state *s, int n)
{
	struct cpu *c = &s->cpu[n];

	if (op_kind(c->op) == FRAME_WRITABLE) {
		/* Nobody walks it, and no processor remembers having walked it. */
		ck_assert_uint_eq(sum(s, FRAME_L1) + sum(s, FRAME_L2), 0);
		ck_assert_uint_eq(s->stale_walk, 0);
		s->stale_write = 1;
	} else {
		ck_assert_uint_eq(sum(s, FRAME_WRITABLE), 0);
		ck_assert_uint_eq(s->stale_write, 0);
		ck_assert(!s->stale_walk || s->stale_walk == op_kind(c->op));
		for (int i = 0; i < ENTRIES; i++)
			ck_assert_uint_eq(s->held[i], op_kind(c->op));
		s->stale_walk = op_kind(c->op);
	}
	if (c->op == PIN_L1) {
		s->pins++;
		s->word |= TYPEWORD_PINNED;
	} else {
		++*uses(c, c->op);
	}
	finish(s, n);
}

static void dropped(struct state *s, int n)
{
	struct cpu *c = &s->cpu[n];

	c->owes = 0;
	if (c->op == UNPIN)
		s->pins--;
	else
		--*uses(c, c->op);
	finish(s, n);
}

static unsigned int model_cursor(u64 w)
{
	return typeword_cursor(w) > ENTRIES ? ENTRIES : typeword_cursor(w);
}

static void begin(struct state *s, int n, u8 op)
{
	struct state t = *s;
	struct cpu *c = &t.cpu[n];

	/* Somebody else has finished the unpinning that we began. */
	if (c->owes == UNPIN + 1 && !t.pins)
		c->owes = 0;
	if (c->owes ? op + 1 != c->owes : !c->left)
		return;
	if (!op_gets(op) && (op == UNPIN ? !t.pins : !*uses(c, op)))
		return;
	if (!c->owes)
		c->left--;
	c->op = op;
	c->lost = !op_gets(op) && op != UNPIN && !c->owes;
	c->pc = c->lost ? STAMP : READ;
	if (op_kind(op) != FRAME_WRITABLE && op != SHARE_L1 && op != UNSHARE_L1)
		c->pc = LOCKED;
	visit(&t);
}

/* One use more or less of a table in use; if that is not all it takes, the way under the lock. */
static void step_read_shared(struct state t, int n)
{
	struct cpu *c = &t.cpu[n];
	bool gets = c->op == SHARE_L1;

	if (typeword_shared(t.word, gets ? 1 : 2) && typeword_kind(t.word) == FRAME_L1) {
		c->seen = t.word;
		c->next = gets ? t.word + 1 : t.word - 1;
		c->pc = SWAP;
	} else if (gets) {
		finish(&t, n);
	} else {
		c->op = PUT_L1;
		c->lost = 1;
		c->pc = LOCKED;
	}
	visit(&t);
}

static void step_read(struct state t, int n)
{
	struct cpu *c = &t.cpu[n];
	enum typeword_action a;

	if (c->op == SHARE_L1 || c->op == UNSHARE_L1) {
		step_read_shared(t, n);
		return;
	}

	if ((c->op == PIN_L1 && (t.word & TYPEWORD_PINNED)) ||
	    (c->op == UNPIN && !(t.word & TYPEWORD_PINNED))) {
		c->lost = 0;
		finish(&t, n);
		visit(&t);
		return;
	}
	if (c->op == UNPIN)
		t.word &= ~TYPEWORD_PINNED;
	c->seen = t.word;
	a = op_gets(c->op) ? typeword_get(c->seen, op_kind(c->op), &c->next)
			   : typeword_put(c->seen, &c->next);
	switch (a) {
	case TYPEWORD_WAIT:
		c->seen = 0;
		visit(&t);
		return;
	case TYPEWORD_REFUSE:
		ck_assert_msg(op_gets(c->op), "put refused: word %lx", t.word);
		finish(&t, n);
		break;
	default: c->pc = SWAP;
	}
	visit(&t);
}

static void step_swap(struct state t, int n)
{
	struct cpu *c = &t.cpu[n];

	if (t.word != c->seen) {
		c->pc = READ;
		/* An unpin looks at the pin once only: give it back for the retry. */
		if (c->op == UNPIN)
			t.word |= TYPEWORD_PINNED;
		c->seen = c->next = 0;
		visit(&t);
		return;
	}
	t.word = c->next;
	if (!(c->next & TYPEWORD_BUSY)) {
		if (op_gets(c->op))
			got(&t, n);
		else
			dropped(&t, n);
		visit(&t);
		return;
	}
	c->at = model_cursor(c->next);
	c->pc = op_gets(c->op) ? FLUSH : UNDO;
	visit(&t);
}

static void step_flush(struct state t, int n)
{
	struct cpu *c = &t.cpu[n];

	if (typeword_needs_flush(c->seen, op_kind(c->op))) {
		/* A stamp older than the loss spares the processor that should be flushed. */
		ck_assert(!t.cpu[0].lost && !t.cpu[1].lost);
		t.stale_write = sum(&t, FRAME_WRITABLE) != 0;
		t.stale_walk = 0;
	}
	c->pc = !typeword_checked_kind(op_kind(c->op)) ? FINISH_CHECK
		: t.word & TYPEWORD_FAILED	       ? FAIL
						       : CHECK;
	visit(&t);
}

static void step_check(const struct state *s, int n)
{
	struct state t = *s;
	struct cpu *c = &t.cpu[n];

	if (c->at == ENTRIES) {
		c->pc = FINISH_CHECK;
		visit(&t);
		return;
	}
	/* The entry passes ... */
	ck_assert_uint_eq(t.held[c->at], 0);
	t.held[c->at++] = op_kind(c->op);
	visit(&t);
	/* ... or is bad, and everything is to be undone ... */
	t = *s;
	t.word |= TYPEWORD_FAILED;
	c->pc = FAIL;
	visit(&t);
	/* ... or other work waits. */
	t = *s;
	c->interrupted = 1;
	c->pc = FINISH_CHECK;
	visit(&t);
}

/* What a check that failed had taken goes, and that may be interrupted too. */
static void step_fail(const struct state *s, int n)
{
	struct state t = *s;
	struct cpu *c = &t.cpu[n];

	if (!c->at) {
		c->failed = 1;
		c->pc = FINISH_CHECK;
		visit(&t);
		return;
	}
	c->at--;
	ck_assert_uint_ne(t.held[c->at], 0);
	t.held[c->at] = 0;
	visit(&t);
	t = *s;
	c->interrupted = 1;
	c->pc = FINISH_CHECK;
	visit(&t);
}

static void step_finish_check(struct state t, int n)
{
	struct cpu *c = &t.cpu[n];
	bool resumed = c->seen & TYPEWORD_PARTIAL;

	ck_assert_uint_eq(t.word & ~TYPEWORD_FAILED, c->next & ~TYPEWORD_FAILED);
	if (c->interrupted) {
		t.word = typeword_check_interrupted(t.word, c->at);
		t.partial_ref = 1;
		/* Like an end of use: whoever takes it as something else is refused. */
	} else {
		if (resumed)
			t.partial_ref = 0;
		t.word = c->failed ? typeword_check_failed(t.word) : typeword_checked(t.word);
	}
	if (c->interrupted || c->failed)
		finish(&t, n);
	else
		got(&t, n);
	visit(&t);
}

static void step_undo(const struct state *s, int n)
{
	struct state t = *s;
	struct cpu *c = &t.cpu[n];

	if (!c->at) {
		c->pc = FINISH_UNDO;
		visit(&t);
		return;
	}
	c->at--;
	ck_assert_uint_ne(t.held[c->at], 0);
	t.held[c->at] = 0;
	visit(&t);
	t = *s;
	c->interrupted = 1;
	c->pc = FINISH_UNDO;
	visit(&t);
}

static void step_finish_undo(struct state t, int n)
{
	struct cpu *c = &t.cpu[n];

	ck_assert_uint_eq(t.word, c->next);
	if (!c->interrupted) {
		t.word = typeword_undone(t.word);
		t.partial_ref = 0;
		dropped(&t, n);
		visit(&t);
		return;
	}
	t.word = typeword_undo_interrupted(t.word, c->at);
	t.partial_ref = 1;
	if (c->op == UNPIN)
		t.word |= TYPEWORD_PINNED;
	c->owes = c->op + 1;
	finish(&t, n);
	visit(&t);
}

static void step(const struct state *s, int n)
{
	struct state t = *s;
	struct cpu *c = &t.cpu[n];

	switch (c->pc) {
	case IDLE:
		for (u8 op = 0; op < NR_OPS; op++)
			begin(&t, n, op);
		return;
	case LOCKED:
		if (t.lock)
			return;
		t.lock = (u8)(n + 1);
		if (c->op == UNPIN && (t.word & TYPEWORD_PINNED))
			c->lost = 1;
		c->pc = c->lost ? STAMP : READ;
		visit(&t);
		return;
	case READ: step_read(t, n); return;
	case STAMP:
		c->lost = 0;
		c->pc = READ;
		visit(&t);
		return;
	case SWAP: step_swap(t, n); return;
	case FLUSH: step_flush(t, n); return;
	case CHECK: step_check(s, n); return;
	case FAIL: step_fail(s, n); return;
	case UNDO: step_undo(s, n); return;
	case FINISH_CHECK: step_finish_check(t, n); return;
	default: step_finish_undo(t, n);
	}
}

/* What holds in every state, and what holds when nobody is in the middle of anything. */
static void invariants(const struct state *s)
{
	enum frame_type kind = typeword_kind(s->word);
	unsigned int all = sum(s, FRAME_WRITABLE) + sum(s, FRAME_L1) + sum(s, FRAME_L2);
	unsigned int valid_to = s->word & TYPEWORD_VALID     ? ENTRIES
				: s->word & TYPEWORD_PARTIAL ? model_cursor(s->word)
							     : 0;

	if (s->word & TYPEWORD_VALID) {
		ck_assert_uint_eq(sum(s, FRAME_WRITABLE), 0);
		ck_assert_uint_eq(s->stale_write, 0);
		for (int i = 0; i < ENTRIES; i++)
			ck_assert_uint_eq(s->held[i], kind);
	}
	if (s->cpu[0].pc != IDLE || s->cpu[1].pc != IDLE)
		return;
	ck_assert(!(s->word & TYPEWORD_BUSY));
	ck_assert(!(s->word & TYPEWORD_FAILED) ||
		  (s->word & (TYPEWORD_PARTIAL | TYPEWORD_COUNT)) == TYPEWORD_PARTIAL);
	ck_assert_uint_eq(s->lock, 0);
	ck_assert_uint_eq(typeword_count(s->word), all);
	ck_assert_uint_eq(sum(s, kind == FRAME_NONE ? FRAME_WRITABLE : kind), all);
	ck_assert_uint_eq(s->pins, s->word & TYPEWORD_PINNED ? 1 : 0);
	ck_assert_uint_eq(s->partial_ref, s->word & TYPEWORD_PARTIAL ? 1 : 0);
	for (unsigned int i = 0; i < ENTRIES; i++)
		ck_assert_uint_eq(s->held[i], i < valid_to ? kind : 0);
}

START_TEST(two_cpus_in_every_interleaving)
{
	struct state s;

	table = malloc(sizeof(*table) * MAX_STATES);
	stack = malloc(sizeof(*stack) * MAX_STATES);
	used = calloc(1, MAX_STATES);
	ck_assert(table && stack && used);
	memset(&s, 0, sizeof(s));
	for (int i = 0; i < CPUS; i++)
		s.cpu[i].left = OPS;
	visit(&s);
	while (depth) {
		s = stack[--depth];
		invariants(&s);
		for (int i = 0; i < CPUS; i++)
			step(&s, i);
	}
	fprintf(stdout, "# %zu states\n", nr_states);
	fflush(stdout);
	free(table);
	free(stack);
	free(used);
}
END_TEST

UNIT_MAIN("frame/typeword", kinds_exclude_each_other, a_standing_use_of_no_kind_excludes_all,
	  the_count_does_not_overflow, a_change_of_kind_flushes_and_a_fresh_frame_does_not,
	  only_a_fresh_frame_is_writable_without_work, a_put_without_a_use_is_noticed,
	  two_cpus_in_every_interleaving)
