/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own mappings: direct map, frame table, device windows.
 */
#pragma once

#include "frame/directmap.h"
#include "x86/pte.h"

/* The top-level table of the idle CPUs; its slots 256-271 are the template of every guest's. */
extern pte_t hostmap_l4[PTES_PER_TABLE];
mfn_t hostmap_root(void);

/* Machine address of an object in the image or the direct map. */
maddr_t hostmap_maddr(const void *p);

/* Give the image's init sections to the allocator; nothing of them may run or be used again. */
void hostmap_free_init(void);

/* Build direct map, frame table and M2P from boot_info's memory map; hand free RAM to alloc. */
void hostmap_init(void);

/*
 * Map @n frames at the hypervisor address @va with @flags (PTE_*); allocates
 * tables as needed.  -ENOMEM.  Unmapping flushes nothing by itself.
 */
int hostmap_map(u64 va, mfn_t m, u64 n, u64 flags) __must_check;
void hostmap_unmap(u64 va, u64 n);

/* A window of device memory (uncached); NULL if there is no room. */
void *hostmap_device(u64 phys, u64 size);

/* The frame that holds the M2P entry of frame number @index, or INVALID_MFN where the table has a hole. */
mfn_t hostmap_m2p_frame(u64 index);

/* Whether the frame is RAM with a frame-table entry. */
bool hostmap_is_ram(mfn_t m);

/* For frame/hostmap_init.c: boot-time pieces.  Pages of any size where aligned; no locks. */
void hostmap_init_slots(void);
int hostmap_map_range(u64 va, u64 phys, u64 size, u64 flags) __must_check;
int hostmap_link(u64 va, maddr_t l1) __must_check;

/* The L1 entry that maps a hypervisor address (4 KiB mappings only), e.g. of a descriptor window. */
pte_t *hostmap_pte(u64 va);
