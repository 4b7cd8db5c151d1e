/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's page tables, and the walk that edits them.
 *
 * The top-level entries of the sixteen slots are filled once, with tables in
 * the image, so every guest's copy of them stays right for ever; changes
 * happen below.  Nothing is both writable and executable, and only the
 * read-only M2P is open to guests.
 */
#include "frame/hostmap.h"
#include "abi/error.h"
#include "frame/alloc.h"
#include "frame/bootmem.h"
#include "frame/frame.h"
#include "x86/features.h"
#include "x86/spinlock.h"

#define SLOTS		  (HV_SLOT_LAST - HV_SLOT_FIRST + 1)
#define LEVEL_BITS(level) (PAGE_SHIFT + 9 * ((level)-1))
#define UNCACHED	  (PTE_PCD | PTE_PWT)

pte_t hostmap_l4[PTES_PER_TABLE] __aligned(4096);
static pte_t slot_l3[SLOTS][PTES_PER_TABLE] __aligned(4096);

static struct spinlock lock = SPINLOCK_INIT;
static u64 vmap_next = VMAP_START;

maddr_t hostmap_maddr(const void *p)
{
	u64 va = (u64)p;

	if (va >= DIRECTMAP_START)
		return maddr(va - DIRECTMAP_START);
	return maddr(va - IMAGE_START + IMAGE_PHYS);
}

mfn_t hostmap_root(void)
{
	return maddr_to_mfn(hostmap_maddr(hostmap_l4));
}

/* Point the sixteen slots at their tables. */
void hostmap_init_slots(void)
{
	for (unsigned int i = 0; i < SLOTS; i++) {
		u64 flags = PTE_HV_TABLE;

		if (i == 0)
			flags = (flags & ~PTE_RW) | PTE_USER;
		hostmap_l4[HV_SLOT_FIRST + i] =
			pte_make(maddr_to_mfn(hostmap_maddr(slot_l3[i])), flags);
	}
}

static pte_t *table_of(pte_t e)
{
	return mfn_to_virt(pte_mfn(e));
}

static mfn_t table_alloc(void)
{
	if (bootmem_active())
		return maddr_to_mfn(maddr(bootmem_take(PAGE_SIZE, PAGE_SIZE)));
	return alloc_frames(0, 0, true);
}

/*
 * The entry for @va in the table of @level, or NULL if a table above is
 * missing (and, if @create, cannot be had) or a large page covers @va.
 */
static pte_t *entry_at(u64 va, unsigned int level, bool create)
{
	pte_t *e = &slot_l3[pte_index(va, 4) - HV_SLOT_FIRST][pte_index(va, 3)];

	for (unsigned int at = 3; at > level; at--) {
		if (!pte_present(*e)) {
			mfn_t m = create ? table_alloc() : INVALID_MFN;

			if (mfn_eq(m, INVALID_MFN))
				return NULL;
			WRITE_ONCE(e->v, pte_make(m, PTE_HV_TABLE | PTE_USER).v);
		} else if (e->v & PTE_PSE) {
			return NULL;
		}
		e = &table_of(*e)[pte_index(va, at - 1)];
	}
	return e;
}

/* The largest page with which [@va, ...) can begin, given what is there. */
static unsigned int best_level(u64 va, u64 phys, u64 size)
{
	for (unsigned int level = cpu_features.page1gb ? 3 : 2; level > 1; level--) {
		u64 span = 1UL << LEVEL_BITS(level);
		pte_t *e;

		if (((va | phys) & (span - 1)) || size < span)
			continue;
		e = entry_at(va, level, true);
		if (e && (!pte_present(*e) || (e->v & PTE_PSE)))
			return level;
	}
	return 1;
}

int hostmap_map_range(u64 va, u64 phys, u64 size, u64 flags)
{
	while (size) {
		unsigned int level = best_level(va, phys, size);
		u64 span = 1UL << LEVEL_BITS(level);
		pte_t *e = entry_at(va, level, true);

		if (!e)
			return -ENOMEM;
		WRITE_ONCE(e->v, phys | flags | (level > 1 ? PTE_PSE : 0));
		va += span;
		phys += span;
		size -= span;
	}
	return 0;
}

/* Make the table @l1 (in the image or a boot page) the one for the 2 MiB at @va. */
int hostmap_link(u64 va, maddr_t l1)
{
	pte_t *e = entry_at(va, 2, true);

	if (!e)
		return -ENOMEM;
	*e = pte_make(maddr_to_mfn(l1), PTE_HV_TABLE | PTE_USER);
	return 0;
}

int hostmap_map(u64 va, mfn_t m, u64 n, u64 flags)
{
	for (u64 i = 0; i < n; i++) {
		u64 irq = spin_lock_irqsave(&lock);
		pte_t *e = entry_at(va + i * PAGE_SIZE, 1, true);

		if (e)
			WRITE_ONCE(e->v, pte_make(mfn(m.v + i), flags).v);
		spin_unlock_irqrestore(&lock, irq);
		if (!e) {
			hostmap_unmap(va, i);
			return -ENOMEM;
		}
	}
	return 0;
}

void hostmap_unmap(u64 va, u64 n)
{
	for (u64 i = 0; i < n; i++) {
		pte_t *e = hostmap_pte(va + i * PAGE_SIZE);

		if (e)
			WRITE_ONCE(e->v, 0);
	}
}

pte_t *hostmap_pte(u64 va)
{
	return entry_at(va, 1, false);
}

void *hostmap_device(u64 phys, u64 size)
{
	u64 offset = phys & (PAGE_SIZE - 1), n = DIV_ROUND_UP(offset + size, PAGE_SIZE);
	u64 va, flags = spin_lock_irqsave(&lock);

	va = vmap_next;
	if (n > (VMAP_END - va) >> PAGE_SHIFT) {
		spin_unlock_irqrestore(&lock, flags);
		return NULL;
	}
	/* A page in between stays unmapped, so that overruns fault. */
	vmap_next += (n + 1) << PAGE_SHIFT;
	spin_unlock_irqrestore(&lock, flags);
	if (hostmap_map(va, mfn(phys >> PAGE_SHIFT), n, PTE_HV_RW | UNCACHED))
		return NULL;
	return (void *)(va + offset);
}

mfn_t hostmap_m2p_frame(u64 index)
{
	u64 va = M2P_RO_START + index * sizeof(u64);
	pte_t *e = entry_at(va, 2, false);

	if (index >= frame_table_size || !e || !pte_present(*e))
		return INVALID_MFN;
	if (e->v & PTE_PSE)
		return mfn(pte_mfn(*e).v + pte_index(va, 1));
	e = &table_of(*e)[pte_index(va, 1)];
	return pte_present(*e) ? pte_mfn(*e) : INVALID_MFN;
}
