/* SPDX-License-Identifier: MIT */
/*
 * The table of domains.
 *
 * A hash of ids for look-up and a sorted list for walking, both under
 * domains_lock, which is held for a few instructions only.  Being in the table
 * is one reference; the last one to go calls domain_release(), which the layer
 * that creates domains provides.
 */
#include "domain/domain.h"

#include "frame/alloc.h"

#define HASH_SIZE 256

struct domain *domain_dom0;

static struct spinlock domains_lock = SPINLOCK_INIT;
static struct domain *hash[HASH_SIZE];
static struct list domains = LIST_INIT(domains); /* ascending id */

static struct domain **bucket(u16 domid)
{
	return &hash[domid % HASH_SIZE];
}

static struct domain *lookup(u16 domid)
{
	struct domain *d = *bucket(domid);

	while (d && d->id != domid)
		d = d->hash_next;
	return d;
}

struct domain *domain_get(u16 domid)
{
	struct domain *d;

	SPIN_HOLD(&domains_lock);
	d = lookup(domid);
	if (d)
		domain_ref(d);
	return d;
}

void domain_ref(struct domain *d)
{
	atomic_add(&d->refs, 1);
}

void domain_put(struct domain *d)
{
	if (!atomic_sub(&d->refs, 1))
		domain_release(d);
}

struct domain *domain_alloc(u16 domid)
{
	struct domain *d = alloc_bytes(sizeof(*d));

	if (!d)
		return NULL;
	d->id = domid;
	d->refs = 1;
	d->shared_mfn = INVALID_MFN;
	spin_init(&d->lock);
	spin_init(&d->mm_lock);
	list_init(&d->link);
	owner_pool_init(&d->pool, domid);
	return d;
}

void domain_free(struct domain *d)
{
	owner_pool_remove(&d->pool);
	alloc_free_bytes(d);
}

int domain_publish(struct domain *d)
{
	struct domain *pos;

	SPIN_HOLD(&domains_lock);
	if (lookup(d->id))
		return -EEXIST;
	d->hash_next = *bucket(d->id);
	*bucket(d->id) = d;
	list_for_each_entry (pos, &domains, link)
		if (pos->id > d->id)
			break;
	list_add_tail(&d->link, &pos->link); /* before @pos, or at the end */
	domain_ref(d);
	return 0;
}

void domain_unpublish(struct domain *d)
{
	struct domain **p;

	spin_lock(&domains_lock);
	for (p = bucket(d->id); *p && *p != d; p = &(*p)->hash_next)
		;
	if (*p)
		*p = d->hash_next;
	list_del(&d->link);
	spin_unlock(&domains_lock);
	domain_put(d);
}

u16 domain_free_id(u16 hint)
{
	u32 id = hint;

	SPIN_HOLD(&domains_lock);
	for (u32 n = 0; n < DOMID_FIRST_RESERVED; n++, id++) {
		if (id >= DOMID_FIRST_RESERVED)
			id = 0;
		if (id && !lookup((u16)id))
			return (u16)id;
	}
	return 0;
}

struct domain *domain_next(u16 from)
{
	struct domain *d, *found;

	SPIN_HOLD(&domains_lock);
	found = lookup(from); /* as a rule, or a walk would cost the square of their number */
	if (found) {
		domain_ref(found);
		return found;
	}
	list_for_each_entry (d, &domains, link)
		if (d->id >= from) {
			domain_ref(d);
			return d;
		}
	return NULL;
}
