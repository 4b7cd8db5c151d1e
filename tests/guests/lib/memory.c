/* SPDX-License-Identifier: MIT */
/*
 * Pages and page tables of a tiny guest.
 *
 * The builder maps pfn 0 upwards at VIRT_BASE, tables included, so that every
 * table of the initial address space can be read where it lies.
 */
#include "guest.h"

#define VIRT_BASE  0xffffffff80000000ULL
#define POOL_PAGES 256

static u8 pool[POOL_PAGES][4096] __attribute__((aligned(4096)));
static unsigned int pool_used;

void *page_alloc(void)
{
	if (pool_used == POOL_PAGES) {
		check(false, "the guest's page pool is used up");
		finish();
	}
	return pool[pool_used++];
}

u64 pfn_to_mfn(u64 pfn)
{
	return ((const u64 *)start_info->mfn_list)[pfn];
}

u64 virt_to_mfn(const void *p)
{
	return pfn_to_mfn((PTR(p) - VIRT_BASE) >> 12);
}

void *mfn_to_virt(u64 mfn)
{
	return (void *)(VIRT_BASE + (((const u64 *)HYPERVISOR_VIRT_START)[mfn] << 12));
}

u64 pte_of(u64 mfn, u64 flags)
{
	return mfn << 12 | flags;
}

volatile u64 *pte_at(u64 va, unsigned int level)
{
	volatile u64 *table = (volatile u64 *)start_info->pt_base;

	for (unsigned int l = 4;; l--) {
		volatile u64 *e = &table[va >> (12 + 9 * (l - 1)) & 511];

		if (l == level)
			return e;
		if (!(*e & PTE_P))
			return NULL;
		table = mfn_to_virt(PTE_MFN(*e));
	}
}

u64 pte_maddr(u64 va, unsigned int level)
{
	volatile u64 *e = pte_at(va, level);

	return virt_to_mfn((const void *)(PTR(e) & ~4095ULL)) << 12 | (PTR(e) & 4095);
}

long mmu_update(u64 ptr, u64 val)
{
	mmu_update_t u = { .ptr = ptr, .val = val };

	return hypercall4(__HYPERVISOR_mmu_update, &u, 1, 0, DOMID_SELF);
}

long mmuext(unsigned int cmd, u64 mfn)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.mfn = mfn;
	return hypercall4(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF);
}

long update_va(const void *va, u64 val, u64 flags)
{
	return hypercall3(__HYPERVISOR_update_va_mapping, va, val, flags);
}

long set_readonly(const void *page)
{
	return update_va(page, pte_of(virt_to_mfn(page), PTE_P | PTE_US | PTE_A), UVMF_INVLPG);
}

long set_writable(const void *page)
{
	return update_va(page, pte_of(virt_to_mfn(page), PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D),
			 UVMF_INVLPG);
}
