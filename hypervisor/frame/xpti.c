/* SPDX-License-Identifier: MIT */
#include "frame/xpti.h"
#include "abi/error.h"
#include "frame/alloc.h"
#include "frame/hostmap.h"
#include "lib/string.h"
#include "x86/desc.h"
#include "x86/percpu.h"

extern const char entry_text_start[], entry_text_end[];

u64 xpti_generation;

int xpti_init_cpu(unsigned int cpu)
{
	enum { HV_L3, IMAGE_L2, IMAGE_L1, BLOCKS_L2, ROOTS };
	struct xpti_cpu *x = &((struct cpu_block_data *)(cpu_block_of(cpu) + CPU_BLOCK_DATA))->xpti;
	pte_t(*t)[PTES_PER_TABLE] = alloc_bytes((ROOTS + XPTI_ROOTS) * PAGE_SIZE);
	u64 block = cpu_block_of(cpu), text = (u64)entry_text_start;

	if (!t)
		return -ENOMEM;
	for (u64 va = text; va < (u64)entry_text_end; va += PAGE_SIZE)
		t[IMAGE_L1][pte_index(va, 1)] =
			pte_make(maddr_to_mfn(hostmap_maddr((void *)va)), PTE_HV_RX);
	t[IMAGE_L2][pte_index(text, 2)] = pte_make(virt_to_mfn(t[IMAGE_L1]), PTE_HV_TABLE);
	t[BLOCKS_L2][pte_index(block, 2)] = pte_make(virt_to_mfn(hostmap_pte(block)), PTE_HV_TABLE);
	t[HV_L3][pte_index(text, 3)] = pte_make(virt_to_mfn(t[IMAGE_L2]), PTE_HV_TABLE);
	t[HV_L3][pte_index(block, 3)] = pte_make(virt_to_mfn(t[BLOCKS_L2]), PTE_HV_TABLE);
	for (unsigned int i = 0; i < XPTI_ROOTS; i++) {
		pte_t *root = t[ROOTS + i];

		root[pte_index(M2P_RO_START, 4)] = hostmap_l4[pte_index(M2P_RO_START, 4)];
		root[pte_index(IMAGE_START, 4)] = pte_make(virt_to_mfn(t[HV_L3]), PTE_HV_TABLE);
		x->roots[i].table = (u64 *)root;
		x->roots[i].cr3 = mfn_to_maddr(virt_to_mfn(root)).v;
	}
	return 0;
}

/* From the way out: make @r the copy of the table that CR3 value @full names. */
struct xpti_root *xpti_refresh(u64 full, u64 generation, struct xpti_root *r);
struct xpti_root *xpti_refresh(u64 full, u64 generation, struct xpti_root *r)
{
	const u64 *from = maddr_to_virt(maddr(full));

	memcpy(r->table, from, HV_SLOT_FIRST * sizeof(u64));
	memcpy(r->table + HV_SLOT_LAST + 1, from + HV_SLOT_LAST + 1,
	       (PTES_PER_TABLE - HV_SLOT_LAST - 1) * sizeof(u64));
	r->full = full;
	r->generation = generation;
	return r;
}
