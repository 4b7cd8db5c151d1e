/* SPDX-License-Identifier: MIT */
/*
 * When to check: tables that a batch touched at its end, everything when a pin
 * or a domain came or went, and at every 2000th batch.
 */
#include "checker.h"

#include "frame/check.h"
#include "x86/percpu.h"

#define TOUCHED_MAX   64
#define EVERYTHING_AT 2000

struct touched {
	unsigned int n;
	bool everything;
	const struct frame *table[TOUCHED_MAX];
};

static DEFINE_PERCPU(struct touched, touched);
static u32 batches;

void check_touched(const struct frame *table)
{
	struct touched *t = &this_cpu(touched);

	for (unsigned int i = 0; i < t->n; i++)
		if (t->table[i] == table)
			return;
	if (t->n == TOUCHED_MAX)
		t->everything = true;
	else
		t->table[t->n++] = table;
}

void check_everything(void)
{
	this_cpu(touched).everything = true;
}

static void check_one(struct frame *f)
{
	struct domain *d = domain_get(READ_ONCE(f->owner));

	/* Who it belonged to may have given it away meanwhile. */
	if (!d)
		return;
	spin_lock(&d->mm_lock);
	if (f->owner == d->id && checker_is_table(typeword_kind(f->type)) &&
	    (f->type & TYPEWORD_VALID)) {
		(void)checker_plant(d, f);
		checker_table(d, f);
	}
	spin_unlock(&d->mm_lock);
	domain_put(d);
}

void check_batch(void)
{
	struct touched *t = &this_cpu(touched);

	if (!t->n && !t->everything)
		return;
	for (unsigned int i = 0; i < t->n; i++)
		check_one((struct frame *)t->table[i]);
	t->n = 0;
	if (atomic_add(&batches, 1) % EVERYTHING_AT == 0)
		t->everything = true;
	if (!t->everything)
		return;
	t->everything = false;
	checker_recount();
}
