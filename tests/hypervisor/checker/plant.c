/* SPDX-License-Identifier: MIT */
/*
 * Errors on purpose, behind the back of paging/: `plant=WHAT` on the command
 * line makes one in a table of the control domain after some batches.  The
 * checker then has to find it (tests/fuzz/planted).
 */
#include "checker.h"

#include "frame/directmap.h"
#include "frame/hostmap.h"
#include "lib/string.h"
#include "platform/cmdline.h"
#include "x86/pte.h"

#define PLANT_AFTER 300 /* tables checked before */

static char wanted[16];
static unsigned int seen;

static bool parse_plant(const char *value)
{
	string_copy(wanted, value, sizeof(wanted));
	return true;
}
CMDLINE_OPTION("plant", parse_plant);

static bool want(const char *what)
{
	return !strcmp(wanted, what);
}

static struct frame *ram_of(u64 e)
{
	mfn_t m = pte_mfn((pte_t){ e });

	return (e & PTE_PRESENT) && hostmap_is_ram(m) && frame_of(m)->owner == 0 ? frame_of(m) : NULL;
}

/* An error of an entry; false if it cannot be made of this one. */
static bool plant_entry(u64 *e, enum frame_type kind, mfn_t table)
{
	struct frame *f = ram_of(*e);

	if (!f)
		return false;
	if (want("writable") && kind == FRAME_L1 && !(*e & PTE_RW) &&
	    checker_is_table(typeword_kind(f->type)) && typeword_count(f->type))
		*e |= PTE_RW;
	else if (want("foreign") && kind == FRAME_L1 && !(*e & PTE_RW))
		*e = (*e & ~PTE_ADDR) | hostmap_maddr(hostmap_l4).v;
	else if (want("supervisor"))
		*e &= ~PTE_USER;
	else if (want("global") && kind == FRAME_L1)
		*e |= PTE_GLOBAL;
	else if (want("level") && kind == FRAME_L2)
		*e = (*e & ~PTE_ADDR) | mfn_to_maddr(table).v;
	else if (want("large") && kind == FRAME_L2)
		*e |= PTE_PSE;
	else
		return false;
	return true;
}

/* An error of counts or states, of the table itself. */
static bool plant_frame(struct frame *f, enum frame_type kind, u64 *entries)
{
	if (want("use+"))
		atomic_add(&f->type, 1);
	else if (want("use-"))
		atomic_sub(&f->type, 1);
	else if (want("ref+"))
		atomic_add(&f->ref, 1);
	else if (want("ref-") && (f->ref & FRAME_COUNT) > 2)
		atomic_sub(&f->ref, 1);
	else if (want("pin") && !(f->type & TYPEWORD_PINNED))
		atomic_or(&f->type, TYPEWORD_PINNED);
	else if (want("slot") && kind == FRAME_L4)
		entries[HV_SLOT_LAST] = entries[HV_SLOT_FIRST];
	else
		return false;
	return true;
}

bool checker_plant(struct domain *d, struct frame *table)
{
	enum frame_type kind = typeword_kind(table->type);
	mfn_t m = frame_mfn(table);
	u64 *entries = mfn_to_virt(m);
	bool done;

	if (likely(!wanted[0]) || d->id || seen++ < PLANT_AFTER)
		return false;
	done = plant_frame(table, kind, entries);
	for (unsigned int i = 0; !done && i < PTES_PER_TABLE; i++)
		if (kind != FRAME_L4 || i < HV_SLOT_FIRST || i > HV_SLOT_LAST)
			done = plant_entry(&entries[i], kind, m);
	if (done)
		wanted[0] = 0;
	return done;
}
