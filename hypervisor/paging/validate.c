/* SPDX-License-Identifier: MIT */
/*
 * Checking every entry of a table before the processor may walk it, and giving
 * back what the entries hold when the last use is gone.
 *
 * Nobody can write to the table meanwhile (its type is taken) and no processor
 * walks it yet, so plain accesses do.  Most tables are nearly empty: empty
 * cache lines are skipped whole.  When other work waits, levels 2 to 4 stop
 * between children and level 1 between pieces; descriptors are short enough to
 * finish.
 */
#include "console/log.h"
#include "frame/check.h"
#include "frame/hostmap.h"
#include "frame/type.h"
#include "frame/xpti.h"
#include "paging/entry.h"
#include "paging/mapping.h"
#include "paging/segment.h"
#include "smp/softirq.h"
#include "x86/features.h"

#define LINE  8	 /* entries in 64 bytes */
#define PIECE 64 /* entries of level 1 between two looks at what waits */

static inline bool line_empty(const u64 *e)
{
	return !(e[0] | e[1] | e[2] | e[3] | e[4] | e[5] | e[6] | e[7]);
}

static void report(const struct domain *d, unsigned int level, const u64 *table, unsigned int i)
{
	log_guest(LOG_INFO, "d%u: table L%u mfn %lx: entry %03x = %016lx refused\n", d->id, level,
		  virt_to_mfn(table).v, i, table[i]);
}

static int undo_l1(const struct domain *d, const u64 *table, unsigned int *cursor)
{
	unsigned int n = *cursor;

	while (n) {
		if (!(n % LINE)) {
			if (line_empty(table + n - LINE)) {
				n -= LINE;
				continue;
			}
			if (!(n % PIECE) && n < *cursor && softirq_pending()) {
				*cursor = n;
				return -EINTR;
			}
		}
		if (table[--n] & PTE_PRESENT)
			mapping_put(d, table[n]);
	}
	*cursor = 0;
	return 0;
}

static int validate_l1(struct domain *d, u64 *table, unsigned int *cursor)
{
	unsigned int i;

	for (i = *cursor; i < PTES_PER_TABLE; i++) {
		u64 e = table[i];

		if (!(i % LINE)) {
			if (line_empty(table + i)) {
				i += LINE - 1;
				continue;
			}
			if (!(i % PIECE) && i > *cursor && softirq_pending()) {
				*cursor = i;
				return -EINTR;
			}
		}
		if (!e)
			continue;
		if (!(e & PTE_PRESENT)) {
			if (unlikely(mapping_leaks(e)))
				goto refuse;
			continue;
		}
		e = entry_fix(1, e);
		if (!entry_ok(1, e, cpu_features.pte_reserved) || mapping_get(d, d->id, &e))
			goto refuse;
		if (e != table[i])
			table[i] = e;
	}
	return 0;

refuse:
	report(d, 1, table, i);
	*cursor = i;
	return -EINVAL;
}

/* Give back children below *@cursor, top down. */
static int undo_upper(unsigned int level, const u64 *table, unsigned int *cursor)
{
	unsigned int i = *cursor;

	while (i) {
		u64 e = table[i - 1];

		if (!(i % LINE) && line_empty(table + i - LINE)) {
			i -= LINE;
			continue;
		}
		if ((e & PTE_PRESENT) && !entry_slot_reserved(level, i - 1)) {
			if (mapping_put_child(e, true) == -EINTR) {
				*cursor = i;
				return -EINTR;
			}
			if (i > 1 && softirq_pending()) {
				*cursor = i - 1;
				return -EINTR;
			}
		}
		i--;
	}
	*cursor = 0;
	return 0;
}

static int validate_upper(struct domain *d, unsigned int level, u64 *table, unsigned int *cursor)
{
	for (unsigned int i = *cursor; i < PTES_PER_TABLE; i++) {
		u64 e = table[i];
		int r;

		if (!(i % LINE) && line_empty(table + i)) {
			i += LINE - 1;
			continue;
		}
		if (entry_slot_reserved(level, i) || (!(e & PTE_PRESENT) && !mapping_leaks(e)))
			continue;
		r = -EINVAL;
		if ((e & PTE_PRESENT) && entry_ok(level, e, cpu_features.pte_reserved)) {
			e = entry_fix(level, e);
			r = mapping_get_child(d, level, e);
		}
		*cursor = i;
		if (r == -EINTR)
			return r;
		if (r) {
			report(d, level, table, i);
			return r;
		}
		if (e != table[i])
			table[i] = e;
		if (softirq_pending() && i + 1 < PTES_PER_TABLE) {
			*cursor = i + 1;
			return -EINTR;
		}
	}
	if (level == 4) {
		for (unsigned int i = HV_SLOT_FIRST; i <= HV_SLOT_LAST; i++)
			table[i] = hostmap_l4[i].v;
		xpti_root_changed(&d->pool);
	}
	return 0;
}

static int validate_descriptors(u64 *table)
{
	for (unsigned int i = 0; i < PTES_PER_TABLE; i++) {
		u64 e = table[i];

		if (!segment_ok(&e))
			return -EINVAL;
		if (e != table[i])
			table[i] = e;
	}
	return 0;
}

int table_validate(struct frame *f, enum frame_type type, unsigned int *cursor)
{
	u64 *table = mfn_to_virt(frame_mfn(f));
	struct domain *d = mapping_domain(f);

	ASSERT(spin_held(&d->mm_lock));
	check_touched(f);
	if (type == FRAME_SEGDESC)
		return validate_descriptors(table);
	if (type == FRAME_L1)
		return validate_l1(d, table, cursor);
	return validate_upper(d, type - FRAME_L1 + 1, table, cursor);
}

int table_invalidate(struct frame *f, enum frame_type type, unsigned int *cursor)
{
	u64 *table = mfn_to_virt(frame_mfn(f));

	if (type == FRAME_SEGDESC)
		return 0;
	if (type == FRAME_L1)
		return undo_l1(mapping_domain(f), table, cursor);
	return undo_upper(type - FRAME_L1 + 1, table, cursor);
}
