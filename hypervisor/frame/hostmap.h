/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own mappings: direct map, frame table, device windows.
 */
#ifndef FRAME_HOSTMAP_H
#define FRAME_HOSTMAP_H

#include "x86/layout.h"
#include "x86/pte.h"

/* The top-level table of the idle CPUs; its slots 256-271 are the template of every guest's. */
extern pte_t hostmap_l4[PTES_PER_TABLE];
mfn_t hostmap_root(void);

static inline void *mfn_to_virt(mfn_t m)
{
	return (void *)(DIRECTMAP_START + (m.v << PAGE_SHIFT));
}

static inline void *maddr_to_virt(maddr_t a)
{
	return (void *)(DIRECTMAP_START + a.v);
}

/* Only for direct-map addresses. */
static inline mfn_t virt_to_mfn(const void *p)
{
	return mfn(((u64)p - DIRECTMAP_START) >> PAGE_SHIFT);
}

/* Machine address of an object in the image or the direct map. */
maddr_t hostmap_maddr(const void *p);

/* Build direct map, frame table and M2P for the memory map in boot_info; hands free RAM to alloc. */
void hostmap_init(void);

/*
 * Map @n frames at the hypervisor address @va with @flags (PTE_*); allocates
 * tables as needed.  -ENOMEM.  Unmapping flushes nothing by itself.
 */
int hostmap_map(u64 va, mfn_t m, u64 n, u64 flags) __must_check;
void hostmap_unmap(u64 va, u64 n);

/* A window of device memory (uncached); NULL if there is no room. */
void *hostmap_device(u64 phys, u64 size);

/* Whether the frame is RAM with a frame-table entry. */
bool hostmap_is_ram(mfn_t m);

/* The L1 entry that maps a hypervisor address (4 KiB mappings only), e.g. of a descriptor window. */
pte_t *hostmap_pte(u64 va);

#endif
