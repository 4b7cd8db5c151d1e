/* SPDX-License-Identifier: MIT */
/*
 * Where everything of a new guest lies.  Pure: numbers in, numbers out.
 *
 * A PV guest starts on page tables that its builder made.  <xen/xen.h> fixes
 * the order of what they map, from virt_base upwards:
 *
 *	kernel | ramdisk | frame list | start_info | store | console |
 *	page tables | stack | padding, 512 KiB or more, to a 4 MiB boundary
 *
 * Two notes of the kernel move parts out of that region.  With INIT_P2M the
 * list of frames gets an address of its own, and with it the tables that map
 * it; they lie behind the padding, list first.  With MOD_START_PFN the ramdisk
 * needs no address at all; it comes last.  Linux asks for both.
 *
 * Page tables are counted before they exist: more tables can make the region
 * longer, which can need more tables, so the count is repeated until it holds.
 * Their order is top to bottom, each level by address: the one root, then
 * third-level tables, second-level, first-level.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* An address range and the tables of each level that map it. */
struct plan_map {
	uint64_t va;	    /* first address, page aligned */
	uint64_t pages;	    /* 0: nothing is mapped here */
	uint64_t pfn;	    /* page behind the first address; the rest follow */
	uint64_t table_pfn; /* first of the tables of levels 3, 2, 1, in this order */
	uint64_t l3, l2, l1;
};

struct plan_request {
	uint64_t virt_base;
	uint64_t paddr_offset;
	uint64_t paddr_start; /* of the ELF image */
	uint64_t paddr_end;
	uint64_t entry;	   /* virtual */
	uint64_t init_p2m; /* virtual, or PLAN_NO_P2M_ADDRESS */
	bool mod_start_pfn;
	uint64_t ramdisk_bytes;
	uint64_t nr_pages; /* of the guest's memory */
};

#define PLAN_NO_P2M_ADDRESS UINT64_MAX

struct plan {
	uint64_t virt_base;
	uint64_t kernel_pfn, kernel_pages;
	uint64_t ramdisk_pfn, ramdisk_pages; /* 0 pages: none */
	bool ramdisk_by_pfn;
	uint64_t p2m_pfn, p2m_pages; /* the list alone */
	uint64_t p2m_frames;	     /* list and its own tables, 0 if in the region */
	uint64_t p2m_va;
	uint64_t start_info_pfn;
	uint64_t store_pfn;
	uint64_t console_pfn;
	uint64_t root_pfn;  /* the top-level table */
	uint64_t pt_frames; /* the root and the tables of the region */
	uint64_t stack_pfn;
	uint64_t end_pfn; /* first page that nothing is planned for */
	struct plan_map region;
	struct plan_map list; /* the frame list, if mapped elsewhere */
};

/*
 * plan_make - lay out a guest.
 * Returns NULL, or a sentence on why it cannot be done.  The most likely is
 * too little memory; @p->end_pfn then says how many pages it would take.
 */
const char *plan_make(const struct plan_request *req, struct plan *p);

/* plan_va - the initial virtual address of a page of the region. */
uint64_t plan_va(const struct plan *p, uint64_t pfn);
