/* SPDX-License-Identifier: MIT */
/*
 * Page-table entries of long mode, all four levels; pure arithmetic.
 */
#pragma once

#include "lib/types.h"

typedef struct {
	u64 v;
} pte_t;

#define PTE_PRESENT  (1UL << 0)
#define PTE_RW	     (1UL << 1)
#define PTE_USER     (1UL << 2)
#define PTE_PWT	     (1UL << 3)
#define PTE_PCD	     (1UL << 4)
#define PTE_ACCESSED (1UL << 5)
#define PTE_DIRTY    (1UL << 6)
#define PTE_PSE	     (1UL << 7) /* levels 2 and 3: a large page */
#define PTE_PAT	     (1UL << 7) /* level 1 */
#define PTE_GLOBAL   (1UL << 8)
#define PTE_AVAIL    (7UL << 9)
#define PTE_AVAIL_HI (0x7ffUL << 52)
#define PTE_NX	     (1UL << 63)
#define PTE_ADDR     0x000ffffffffff000UL

/* The hypervisor's own entries: of tables, and of what they map by what it may be used for. */
#define PTE_HV_RX    (PTE_PRESENT | PTE_ACCESSED)
#define PTE_HV_RO    (PTE_HV_RX | PTE_NX)
#define PTE_HV_TABLE (PTE_HV_RX | PTE_RW | PTE_DIRTY)
#define PTE_HV_RW    (PTE_HV_TABLE | PTE_NX)

#define PTES_PER_TABLE 512

static inline mfn_t pte_mfn(pte_t e)
{
	return mfn((e.v & PTE_ADDR) >> PAGE_SHIFT);
}

static inline pte_t pte_make(mfn_t m, u64 flags)
{
	return (pte_t){ (m.v << PAGE_SHIFT) | flags };
}

static inline bool pte_present(pte_t e)
{
	return e.v & PTE_PRESENT;
}

/* Index into the table of @level (1 to 4) for linear address @va. */
static inline unsigned int pte_index(u64 va, unsigned int level)
{
	return (va >> (PAGE_SHIFT + 9 * (level - 1))) & (PTES_PER_TABLE - 1);
}

static inline bool va_canonical(u64 va)
{
	return (u64)((s64)(va << 16) >> 16) == va;
}
