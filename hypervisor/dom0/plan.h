/* SPDX-License-Identifier: MIT */
/*
 * Where everything goes in dom0's first address space.  Pure arithmetic.
 *
 * pfn 0 upwards, mapped from virt_base on: what lies below the kernel, the
 * kernel, start_info, the page tables themselves, a stack, at least 512 KiB of
 * slack, up to a 4 MiB boundary.  Behind it, not in that mapping: the initrd
 * (found by pfn) and the p2m list with its tables (mapped at the kernel's
 * INIT_P2M).  A kernel without INIT_P2M or MOD_START_PFN has them in the
 * mapped range instead.
 */
#pragma once

#include "lib/types.h"

struct plan {
	/* in */
	u64 virt_base;	  /* linear address of pfn 0 */
	u64 kernel_end;	  /* pfns [0, kernel_end) are the kernel's */
	u64 nr_pages;	  /* of the domain */
	u64 initrd_pages; /* 0: none */
	bool initrd_unmapped, p2m_unmapped;
	u64 p2m_base; /* INIT_P2M when p2m_unmapped */

	/* out: first pfn and count of each part */
	u64 start_info;
	u64 tables, nr_tables; /* tables of the mapped range; the first is the top level */
	u64 stack;
	u64 mapped_end; /* pfns [0, mapped_end) are in the linear mapping */
	u64 initrd;
	u64 p2m, nr_p2m;
	u64 p2m_tables, nr_p2m_tables;
	u64 p2m_va;
	u64 end; /* pfns used in all; at most nr_pages */
};

/* Fill the outputs; false if nr_pages is too small. */
bool plan_make(struct plan *p);
