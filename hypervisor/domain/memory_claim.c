/* SPDX-License-Identifier: MIT */
/*
 * Claims on free memory.
 */
#include "domain/memory_claim.h"
#include "frame/alloc.h"

/* protects: claim_total and every domain's claim */
static struct spinlock claim_lock = SPINLOCK_INIT;
static u64 claim_total;

int memory_claim_set(struct domain *d, u64 pages)
{
	u64 need;
	int rc = 0;

	spin_lock(&claim_lock);
	if (!pages) {
		claim_total -= d->claim;
		d->claim = 0;
	} else if (d->claim || pages <= d->pool.count || pages > d->pool.max) {
		rc = -EINVAL;
	} else {
		need = pages - d->pool.count;
		if (need > alloc_free_count() - MIN(claim_total, alloc_free_count())) {
			rc = -ENOMEM;
		} else {
			d->claim = need;
			claim_total += need;
		}
	}
	spin_unlock(&claim_lock);
	return rc;
}

bool memory_claim_allows(struct domain *d, u64 n)
{
	u64 others = READ_ONCE(claim_total) - READ_ONCE(d->claim), free = alloc_free_count();

	return others <= free && n <= free - others;
}

void memory_claim_use(struct domain *d, u64 n)
{
	if (!READ_ONCE(d->claim))
		return;
	spin_lock(&claim_lock);
	n = MIN(n, d->claim);
	d->claim -= n;
	claim_total -= n;
	spin_unlock(&claim_lock);
}

u64 memory_claim_total(void)
{
	return READ_ONCE(claim_total);
}
