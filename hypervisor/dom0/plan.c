/* SPDX-License-Identifier: MIT */
/*
 * dom0's first address space, computed.
 */
#include "dom0/plan.h"

#define PLAN_ALIGN 1024 /* pfns: the mapped range ends on 4 MiB */
#define PLAN_SLACK 128	/* pfns: 512 KiB behind the stack */

/* Tables below the top level that a mapping of [@va, @va + @pages) needs. */
static u64 plan_count_tables(u64 va, u64 pages)
{
	u64 n = 0;

	for (unsigned int level = 1; level <= 3; level++) {
		unsigned int shift = PAGE_SHIFT + 9 * level;
		u64 first = va >> shift, last = (va + pages * PAGE_SIZE - 1) >> shift;

		n += last - first + 1;
	}
	return n;
}

bool plan_make(struct plan *p)
{
	u64 next = p->kernel_end;

	p->nr_p2m = DIV_ROUND_UP(p->nr_pages * 8, PAGE_SIZE);
	p->nr_p2m_tables = 0;
	p->initrd = p->p2m = 0;
	if (!p->initrd_unmapped) {
		p->initrd = next;
		next += p->initrd_pages;
	}
	if (!p->p2m_unmapped) {
		p->p2m = next;
		p->p2m_va = p->virt_base + next * PAGE_SIZE;
		next += p->nr_p2m;
	}
	p->start_info = next++;
	p->tables = next;
	/* The tables map themselves, so their number decides how many are needed. */
	for (p->nr_tables = 4;; p->nr_tables++) {
		p->stack = p->tables + p->nr_tables;
		p->mapped_end = ROUND_UP(p->stack + 1 + PLAN_SLACK, PLAN_ALIGN);
		if (1 + plan_count_tables(p->virt_base, p->mapped_end) <= p->nr_tables)
			break;
	}
	next = p->mapped_end;
	if (p->initrd_unmapped) {
		p->initrd = next;
		next += p->initrd_pages;
	}
	if (p->p2m_unmapped) {
		p->p2m = next;
		p->p2m_va = p->p2m_base;
		p->p2m_tables = p->p2m + p->nr_p2m;
		p->nr_p2m_tables = plan_count_tables(p->p2m_base, p->nr_p2m);
		next = p->p2m_tables + p->nr_p2m_tables;
	}
	p->end = next;
	return p->end <= p->nr_pages;
}
