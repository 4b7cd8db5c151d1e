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
	u64 need = 0;

	SPIN_HOLD(&claim_lock);
	if (pages) {
		if (d->claim || pages <= d->pool.count || pages > d->pool.max)
			return -EINVAL;
		need = pages - d->pool.count;
		if (need > alloc_free_count() - MIN(claim_total, alloc_free_count()))
			return -ENOMEM;
	}
	claim_total += need - d->claim;
	d->claim = need;
	return 0;
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
	SPIN_HOLD(&claim_lock);
	n = MIN(n, d->claim);
	d->claim -= n;
	claim_total -= n;
}

u64 memory_claim_total(void)
{
	return READ_ONCE(claim_total);
}
