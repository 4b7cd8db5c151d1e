/* SPDX-License-Identifier: MIT */
/*
 * One page table: whether each entry may be there.
 */
#include "checker.h"

#include "console/log.h"
#include "frame/hostmap.h"
#include "grant/table.h"
#include "x86/pte.h"

#define LEVEL(kind) ((unsigned int)(kind)-FRAME_L1 + 1)

/* Whether @d has a grant of @m mapped, by any handle; @write: for writing. */
static bool granted(const struct domain *d, mfn_t m, bool write)
{
	const struct maptrack *mt = &d->grant->maptrack;

	for (u64 i = 0; i < mt->nr_pages * MAPTRACK_PER_PAGE; i++) {
		const struct maptrack_entry *e =
			&mt->pages[i / MAPTRACK_PER_PAGE][i % MAPTRACK_PER_PAGE];

		if ((e->flags & GNTMAP_host_map) && e->frame == m.v &&
		    !(write && (e->flags & GNTMAP_readonly)))
			return true;
	}
	return false;
}

/* The right to map a frame that is another's. */
static bool may_map(const struct domain *d, const struct frame *f, bool write)
{
	if (f->owner == d->id || d->pool.dying)
		return true;
	if (f->owner == FRAME_OWNER_NONE || !(f->ref & FRAME_COUNT))
		return false;
	if (!(f->flags & FRAME_MAPPED_ABROAD))
		return false;
	if (d->privileged)
		return f->owner != FRAME_OWNER_XEN || !write;
	return granted(d, frame_mfn(f), write);
}

static void entry_l1(const struct domain *d, mfn_t table, unsigned int i, u64 e)
{
	mfn_t m = pte_mfn((pte_t){ e });
	const struct frame *f;

	if (e & PTE_GLOBAL)
		complain("d%u: L1 %lx entry %03x = %016lx is global\n", d->id, table.v, i, e);
	if (!hostmap_is_ram(m))
		return;
	f = frame_of(m);
	if (!may_map(d, f, e & PTE_RW))
		complain("d%u: L1 %lx entry %03x = %016lx maps a frame of %x without a right\n",
			 d->id, table.v, i, e, f->owner);
	if (!(e & PTE_RW))
		return;
	if (typeword_kind(f->type) != FRAME_WRITABLE || !typeword_count(f->type))
		complain("d%u: L1 %lx entry %03x = %016lx maps type %016lx writable\n", d->id,
			 table.v, i, e, f->type);
}

static void entry_upper(const struct domain *d, mfn_t table, unsigned int level, unsigned int i, u64 e)
{
	mfn_t m = pte_mfn((pte_t){ e });
	const struct frame *f;

	if (e & PTE_PSE)
		complain("d%u: L%u %lx entry %03x = %016lx is a large page\n", d->id, level,
			 table.v, i, e);
	if (!frame_valid(m))
		complain("d%u: L%u %lx entry %03x = %016lx leads nowhere\n", d->id, level, table.v,
			 i, e);
	f = frame_of(m);
	if (f->owner != d->id)
		complain("d%u: L%u %lx entry %03x = %016lx: a table of %x\n", d->id, level, table.v,
			 i, e, f->owner);
	if (LEVEL(typeword_kind(f->type)) != level - 1 || !typeword_count(f->type))
		complain("d%u: L%u %lx entry %03x = %016lx leads to type %016lx, another level\n",
			 d->id, level, table.v, i, e, f->type);
}

unsigned int checker_held(const struct frame *table)
{
	return table->type & TYPEWORD_PARTIAL ? typeword_cursor(table->type) : PTES_PER_TABLE;
}

void checker_table(struct domain *d, const struct frame *table)
{
	mfn_t m = frame_mfn(table);
	const u64 *entries = mfn_to_virt(m);
	unsigned int level = LEVEL(typeword_kind(table->type)), n = checker_held(table);

	if (!typeword_count(table->type))
		n = 0;
	for (unsigned int i = 0; i < n; i++) {
		u64 e = READ_ONCE(entries[i]);

		if (level == 4 && i >= HV_SLOT_FIRST && i <= HV_SLOT_LAST) {
			if (!(table->type & TYPEWORD_PARTIAL) && e != hostmap_l4[i].v)
				complain("d%u: L4 %lx slot %03x = %016lx is not ours\n", d->id, m.v,
					 i, e);
			continue;
		}
		if (!(e & PTE_PRESENT))
			continue;
		if (!(e & PTE_USER))
			complain("d%u: L%u %lx entry %03x = %016lx is no user mapping\n", d->id,
				 level, m.v, i, e);
		if (level == 1)
			entry_l1(d, m, i, e);
		else
			entry_upper(d, m, level, i, e);
	}
}
