/* SPDX-License-Identifier: MIT */
/*
 * The initial page tables of a guest.
 */
#include "build/ptables.h"

#include <stdbool.h>
#include <string.h>

#define PTE_PRESENT  (1UL << 0)
#define PTE_RW	     (1UL << 1)
#define PTE_USER     (1UL << 2)
#define PTE_ACCESSED (1UL << 5)
#define PTE_DIRTY    (1UL << 6)

/* A PV kernel runs at CPL 3, so its mappings carry the user bit. */
#define LEAF  (PTE_PRESENT | PTE_USER | PTE_ACCESSED)
#define TABLE (PTE_PRESENT | PTE_RW | PTE_USER | PTE_ACCESSED | PTE_DIRTY)

#define PAGE_SHIFT 12

static uint64_t entry(uint64_t mfn, uint64_t flags)
{
	return (mfn << PAGE_SHIFT) | flags;
}

/* Whether a page holds a table, of the region or of the list. */
static bool is_table(const struct plan *p, uint64_t pfn)
{
	const struct plan_map *l = &p->list;

	if (pfn >= p->root_pfn && pfn < p->root_pfn + p->pt_frames)
		return true;
	return l->pages && pfn >= l->table_pfn && pfn < l->table_pfn + l->l3 + l->l2 + l->l1;
}

/*
 * Points the entries of one level at the tables of the next.  @upper is the
 * first table of the level whose entries cover 2^shift bytes, @index the first
 * entry to write, counted from the beginning of that table; the level's tables
 * follow one another in memory as they do by address, so the count runs on.
 */
static void link_level(uint64_t *upper, uint64_t index, const uint64_t *mfns, uint64_t pfn,
		       uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		upper[index + i] = entry(mfns[pfn + i], TABLE);
}

/* Writes levels 3 to 1 of one map at @tables, and its entries in @root. */
static void write_map(const struct plan *p, const struct plan_map *m, const uint64_t *mfns,
		      uint64_t *root, uint64_t *tables)
{
	uint64_t *l3 = tables;
	uint64_t *l2 = l3 + m->l3 * PTABLES_ENTRIES;
	uint64_t *l1 = l2 + m->l2 * PTABLES_ENTRIES;
	uint64_t first = (m->va >> 12) & 511;

	memset(tables, 0, (m->l3 + m->l2 + m->l1) * PTABLES_ENTRIES * sizeof(*tables));
	link_level(root, (m->va >> 39) & 511, mfns, m->table_pfn, m->l3);
	link_level(l3, (m->va >> 30) & 511, mfns, m->table_pfn + m->l3, m->l2);
	link_level(l2, (m->va >> 21) & 511, mfns, m->table_pfn + m->l3 + m->l2, m->l1);

	for (uint64_t i = 0; i < m->pages; i++) {
		uint64_t pfn = m->pfn + i;
		uint64_t flags = is_table(p, pfn) ? LEAF : LEAF | PTE_RW | PTE_DIRTY;

		l1[first + i] = entry(mfns[pfn], flags);
	}
}

void ptables_write(const struct plan *p, const uint64_t *mfns, uint64_t *region, uint64_t *list)
{
	memset(region, 0, PTABLES_ENTRIES * sizeof(*region));
	write_map(p, &p->region, mfns, region, region + PTABLES_ENTRIES);
	if (p->list.pages)
		write_map(p, &p->list, mfns, region, list);
}
