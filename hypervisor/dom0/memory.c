/* SPDX-License-Identifier: MIT */
/*
 * dom0's memory.
 *
 * Linux's swiotlb exchanges frames for ones below an address width some time
 * after boot, and fails if dom0 was given everything; so by default a sixteenth
 * of RAM, 64 to 128 MiB, stays free.  The allocator hands out high memory
 * first, so what is left is low.
 */
#include "dom0/memory.h"
#include "console/log.h"
#include "frame/alloc.h"
#include "frame/m2p.h"
#include "lib/string.h"
#include "platform/cmdline.h"

#define MEMORY_ORDER_MAX   13 /* 32 MiB */
#define MEMORY_RESERVE_MIN ((64UL << 20) >> PAGE_SHIFT)
#define MEMORY_RESERVE_MAX ((128UL << 20) >> PAGE_SHIFT)

static u64 memory_wanted, memory_max;

/* dom0_mem=SIZE | dom0_mem=[SIZE,]max:SIZE */
static bool memory_parse_dom0_mem(const char *value)
{
	char part[64];
	u64 bytes;

	while (*value) {
		const char *comma = strchr(value, ',');
		size_t len = comma ? (size_t)(comma - value) : strlen(value);
		bool max;

		if (len >= sizeof(part))
			return false;
		memcpy(part, value, len);
		part[len] = 0;
		max = !strncmp(part, "max:", 4);
		if (!cmdline_size(max ? part + 4 : part, true, &bytes))
			return false;
		*(max ? &memory_max : &memory_wanted) = bytes >> PAGE_SHIFT;
		value += len + (comma != NULL);
	}
	return true;
}
CMDLINE_OPTION("dom0_mem", memory_parse_dom0_mem);

void memory_dom0_size(u64 *nr_pages, u64 *max_pages)
{
	u64 free = alloc_free_count();
	u64 reserve = MIN(MAX(alloc_total_count() / 16, MEMORY_RESERVE_MIN), MEMORY_RESERVE_MAX);
	u64 n = memory_wanted;

	if (!n)
		n = free > reserve ? free - reserve : free / 2;
	if (n > free)
		log_warn("dom0_mem: %llu MiB asked for, %llu MiB are free\n",
			 (unsigned long long)n >> 8, (unsigned long long)free >> 8);
	n = MIN(n, free > 1024 ? free - 1024 : free);
	if (memory_max && n > memory_max)
		n = memory_max;
	*nr_pages = n;
	*max_pages = memory_max > n ? memory_max : n;
}

void memory_dom0_populate(struct domain *d, u64 *p2m, u64 nr)
{
	unsigned int order = MEMORY_ORDER_MAX;
	u64 pfn = 0;

	while (pfn < nr) {
		mfn_t m;

		while ((1UL << order) > nr - pfn)
			order--;
		m = alloc_frames(order, 0, false);
		if (mfn_eq(m, INVALID_MFN)) {
			if (!order--)
				panic("dom0: memory ran out at %llu of %llu pages\n",
				      (unsigned long long)pfn, (unsigned long long)nr);
			continue;
		}
		if (owner_assign(&d->pool, m, order))
			panic("dom0: cannot take its memory\n");
		for (u64 i = 0; i < 1UL << order; i++, pfn++) {
			p2m[pfn] = m.v + i;
			m2p_set(mfn(m.v + i), pfn);
		}
	}
}
