/* SPDX-License-Identifier: MIT */
/*
 * Where everything of a new guest lies.
 */
#include "build/plan.h"

#include <string.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)

/* The region's end: at least this much beyond the stack, and so aligned. */
#define PADDING	     (512UL << 10)
#define REGION_ALIGN (4UL << 20)

/* What one entry of a table of level 2, 3 or 4 covers, as a shift. */
#define L2_SHIFT 21
#define L3_SHIFT 30
#define L4_SHIFT 39

/* Slots 256 to 271 of the top-level table belong to the hypervisor. */
#define HV_SLOT_FIRST 256
#define HV_SLOT_LAST  271

static uint64_t pages_of(uint64_t bytes)
{
	return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/* Tables needed when one table covers 2^shift bytes. */
static uint64_t tables(uint64_t va, uint64_t last, unsigned int shift)
{
	return (last >> shift) - (va >> shift) + 1;
}

static void count_tables(struct plan_map *m)
{
	uint64_t last = m->va + (m->pages << PAGE_SHIFT) - 1;

	m->l3 = tables(m->va, last, L4_SHIFT);
	m->l2 = tables(m->va, last, L3_SHIFT);
	m->l1 = tables(m->va, last, L2_SHIFT);
}

static bool canonical(uint64_t va)
{
	return (va >> 47) == 0 || (va >> 47) == 0x1ffff;
}

/* Whether a range is canonical, does not wrap and leaves the hypervisor alone. */
static bool guest_range(uint64_t va, uint64_t bytes)
{
	uint64_t last = va + bytes - 1;
	uint64_t slot, slot_last;

	if (bytes == 0 || last < va || !canonical(va) || !canonical(last))
		return false;
	if ((va >> 47) != (last >> 47))
		return false;
	slot = (va >> L4_SHIFT) & 511;
	slot_last = (last >> L4_SHIFT) & 511;
	return slot_last < HV_SLOT_FIRST || slot > HV_SLOT_LAST;
}

static bool share_slot(const struct plan_map *a, const struct plan_map *b)
{
	uint64_t a_last = a->va + (a->pages << PAGE_SHIFT) - 1;
	uint64_t b_last = b->va + (b->pages << PAGE_SHIFT) - 1;

	return (a->va >> L4_SHIFT) <= (b_last >> L4_SHIFT) &&
	       (b->va >> L4_SHIFT) <= (a_last >> L4_SHIFT);
}

/*
 * Grows the region until its own tables fit.  @pfn is the first page behind
 * the console ring.  Every round adds tables, and 1 GiB needs 513 of them, so
 * a few rounds settle it.
 */
static void plan_tables(struct plan *p, uint64_t pfn)
{
	struct plan_map *m = &p->region;
	uint64_t nr = 1;

	m->va = p->virt_base;
	m->pfn = 0;
	for (;;) {
		uint64_t used = (pfn + nr + 1) << PAGE_SHIFT;
		uint64_t end = m->va + used + PADDING;

		end = (end + REGION_ALIGN - 1) & ~(REGION_ALIGN - 1);
		m->pages = (end - m->va) >> PAGE_SHIFT;
		count_tables(m);
		if (1 + m->l3 + m->l2 + m->l1 <= nr)
			break;
		nr = 1 + m->l3 + m->l2 + m->l1;
	}
	p->root_pfn = pfn;
	m->table_pfn = pfn + 1;
	p->pt_frames = nr;
	p->stack_pfn = pfn + nr;
}

/* The frame list at an address of its own, behind the region's last page. */
static const char *plan_list(struct plan *p, uint64_t va, uint64_t pfn)
{
	struct plan_map *m = &p->list;

	if (!guest_range(va, p->p2m_pages << PAGE_SHIFT) || (va & (PAGE_SIZE - 1)))
		return "the kernel wants its frame list at an impossible address";
	m->va = va;
	m->pages = p->p2m_pages;
	m->pfn = pfn;
	m->table_pfn = pfn + p->p2m_pages;
	count_tables(m);
	if (share_slot(m, &p->region))
		return "the kernel wants its frame list on top of itself";
	p->p2m_pfn = pfn;
	p->p2m_va = va;
	p->p2m_frames = p->p2m_pages + m->l3 + m->l2 + m->l1;
	return NULL;
}

static const char *check_kernel(const struct plan_request *req)
{
	uint64_t start = req->paddr_start - req->paddr_offset;
	uint64_t end = req->paddr_end - req->paddr_offset;

	if (req->paddr_start < req->paddr_offset || req->paddr_end <= req->paddr_start)
		return "the kernel's physical addresses and its PADDR_OFFSET note disagree";
	if (end > (1UL << 40))
		return "the kernel wants to be loaded beyond any memory";
	if (!guest_range(req->virt_base, end) || (req->virt_base & (PAGE_SIZE - 1)))
		return "the kernel wants to be mapped at an impossible address";
	if (req->entry < req->virt_base + start || req->entry >= req->virt_base + end)
		return "the kernel's entry point lies outside of it";
	return NULL;
}

const char *plan_make(const struct plan_request *req, struct plan *p)
{
	uint64_t next;
	const char *why = check_kernel(req);
	bool p2m_apart = req->init_p2m != PLAN_NO_P2M_ADDRESS;

	memset(p, 0, sizeof(*p));
	if (why)
		return why;
	if (req->nr_pages == 0 || req->nr_pages > (1UL << 34) || req->ramdisk_bytes > (1UL << 40))
		return "the guest's memory or ramdisk has an impossible size";

	p->virt_base = req->virt_base;
	p->kernel_pfn = (req->paddr_start - req->paddr_offset) >> PAGE_SHIFT;
	next = pages_of(req->paddr_end - req->paddr_offset);
	p->kernel_pages = next - p->kernel_pfn;
	p->ramdisk_pages = pages_of(req->ramdisk_bytes);
	p->ramdisk_by_pfn = req->mod_start_pfn;
	p->p2m_pages = pages_of(req->nr_pages * sizeof(uint64_t));

	if (p->ramdisk_pages && !req->mod_start_pfn) {
		p->ramdisk_pfn = next;
		next += p->ramdisk_pages;
	}
	if (!p2m_apart) {
		p->p2m_pfn = next;
		p->p2m_va = plan_va(p, next);
		next += p->p2m_pages;
	}
	p->start_info_pfn = next++;
	p->store_pfn = next++;
	p->console_pfn = next++;
	if (!guest_range(p->virt_base, (next + (1UL << 18)) << PAGE_SHIFT))
		return "the kernel leaves no room for its ramdisk in its address space";
	plan_tables(p, next);
	if (!guest_range(p->virt_base, p->region.pages << PAGE_SHIFT))
		return "the kernel leaves no room for its page tables in its address space";

	next = p->region.pages;
	if (p2m_apart) {
		why = plan_list(p, req->init_p2m, next);
		if (why)
			return why;
		next += p->p2m_frames;
	}
	if (p->ramdisk_pages && req->mod_start_pfn) {
		p->ramdisk_pfn = next;
		next += p->ramdisk_pages;
	}
	p->end_pfn = next;
	if (next > req->nr_pages)
		return "the guest has too little memory for its kernel and ramdisk";
	return NULL;
}

uint64_t plan_va(const struct plan *p, uint64_t pfn)
{
	return p->virt_base + (pfn << PAGE_SHIFT);
}
