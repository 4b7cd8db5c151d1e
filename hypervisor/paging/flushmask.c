/* SPDX-License-Identifier: MIT */
/*
 * Flushes that a guest asks for: of its vCPUs, which we turn into processors.
 *
 * A processor that has loaded another domain's tables since has flushed, and
 * is out of dirty_cpus; one that loads ours from now on starts clean.
 */
#include "paging/flushmask.h"
#include "x86/usercopy.h"

bool flushmask_read(struct domain *d, u64 va, unsigned long *cpus)
{
	unsigned int bytes = DIV_ROUND_UP(d->max_vcpus, 8), i;
	u64 named = 0;
	struct vcpu *v;

	_Static_assert(MAX_VCPUS <= 64, "one word of vCPUs");
	if (usercopy_from(&named, gaddr(va), bytes))
		return false;
	*cpus = 0;
	for_each_vcpu (d, v, i)
		if (named & (1UL << i))
			*cpus |= 1UL << READ_ONCE(v->processor);
	*cpus &= READ_ONCE(d->pool.dirty_cpus);
	return true;
}
