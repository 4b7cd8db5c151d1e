/* SPDX-License-Identifier: MIT */
/*
 * A domain's memory.
 */
#include "hv/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define SUPER_ORDER 9
#define SUPER_PAGES (1UL << SUPER_ORDER)
#define E820_RAM    1

/* Extents that one hypercall can name in the array area. */
#define BATCH (HV_ARRAY_BYTES / sizeof(xen_pfn_t))

struct e820_entry {
	uint64_t addr;
	uint64_t size;
	uint32_t type;
} __attribute__((packed));

/* Populates what the array area names; returns how many extents were done. */
static int populate_batch(struct hv *hv, uint32_t domid, unsigned int order, size_t extents)
{
	struct xen_memory_reservation *r = hv->op;

	memset(r, 0, sizeof(*r));
	set_xen_guest_handle(r->extent_start, (xen_pfn_t *)hv->array);
	r->nr_extents = extents;
	r->extent_order = order;
	r->domid = (domid_t)domid;
	return hv_call2(hv, __HYPERVISOR_memory_op, XENMEM_populate_physmap, (uintptr_t)r);
}

/*
 * Populates [from, to) in extents of one order.  Returns the first page that
 * was not populated: equal to @to on success.
 */
static uint64_t populate_range(struct hv *hv, uint32_t domid, uint64_t *mfns, uint64_t from,
			       uint64_t to, unsigned int order)
{
	xen_pfn_t *ext = hv->array;
	uint64_t step = 1UL << order;

	while (from < to) {
		uint64_t left = (to - from) >> order;
		size_t n = left < BATCH ? (size_t)left : BATCH;
		int done;

		for (size_t i = 0; i < n; i++)
			ext[i] = from + i * step;
		done = populate_batch(hv, domid, order, n);
		for (int i = 0; i < done; i++) {
			for (uint64_t k = 0; k < step; k++)
				mfns[from + k] = ext[i] + k;
			from += step;
		}
		if (done < (int)n)
			break;
	}
	return from;
}

int memory_populate(struct hv *hv, uint32_t domid, uint64_t *mfns, uint64_t count)
{
	uint64_t whole = count & ~(SUPER_PAGES - 1);
	uint64_t at = populate_range(hv, domid, mfns, 0, whole, SUPER_ORDER);

	at = populate_range(hv, domid, mfns, at, count, 0);
	return at == count ? 0 : -ENOMEM;
}

int memory_claim(struct hv *hv, uint32_t domid, uint64_t pages)
{
	struct xen_memory_reservation *r = hv->op;
	int rc;

	memset(r, 0, sizeof(*r));
	r->nr_extents = pages;
	r->domid = (domid_t)domid;
	rc = hv_call2(hv, __HYPERVISOR_memory_op, XENMEM_claim_pages, (uintptr_t)r);
	return rc < 0 ? rc : 0;
}

int memory_set_map(struct hv *hv, uint32_t domid, uint64_t bytes)
{
	struct xen_foreign_memory_map *m = hv->op;
	struct e820_entry *e = hv->array;

	e->addr = 0;
	e->size = bytes;
	e->type = E820_RAM;
	memset(m, 0, sizeof(*m));
	m->domid = (domid_t)domid;
	m->map.nr_entries = 1;
	set_xen_guest_handle(m->map.buffer, (void *)e);
	return hv_call2(hv, __HYPERVISOR_memory_op, XENMEM_set_memory_map, (uintptr_t)m);
}

void *memory_map(struct hv *hv, uint32_t domid, const uint64_t *mfns, size_t count)
{
	return xenforeignmemory_map(hv->fmem, domid, PROT_READ | PROT_WRITE, count,
				    (const xen_pfn_t *)mfns, NULL);
}

const void *memory_map_some(struct hv *hv, uint32_t domid, const uint64_t *mfns, int *errors,
			    size_t count)
{
	return xenforeignmemory_map(hv->fmem, domid, PROT_READ, count, (const xen_pfn_t *)mfns,
				    errors);
}

void memory_unmap(struct hv *hv, const void *addr, size_t count)
{
	xenforeignmemory_unmap(hv->fmem, (void *)(uintptr_t)addr, count);
}

/* The older way: ask for the frame's number and map it as foreign memory. */
static int map_grants_by_setup(struct hv *hv, uint32_t domid, struct memory_grants *g)
{
	struct gnttab_setup_table *s = hv->op;
	xen_pfn_t *frame = hv->array;
	uint64_t mfn;
	int rc;

	memset(s, 0, sizeof(*s));
	s->dom = (domid_t)domid;
	s->nr_frames = 1;
	set_xen_guest_handle(s->frame_list, frame);
	rc = (int)xencall3(hv->call, __HYPERVISOR_grant_table_op, GNTTABOP_setup_table,
			   (uintptr_t)s, 1);
	if (rc)
		return -errno;
	if (s->status != GNTST_okay)
		return -EINVAL;
	mfn = *frame;
	g->res = NULL;
	g->addr = memory_map(hv, domid, &mfn, 1);
	return g->addr ? 0 : -errno;
}

int memory_map_grants(struct hv *hv, uint32_t domid, struct memory_grants *g)
{
	g->addr = NULL;
	g->res = xenforeignmemory_map_resource(hv->fmem, (domid_t)domid, XENMEM_resource_grant_table,
					       XENMEM_resource_grant_table_id_shared, 0, 1,
					       &g->addr, PROT_READ | PROT_WRITE, 0);
	if (g->res)
		return 0;
	return map_grants_by_setup(hv, domid, g);
}

void memory_unmap_grants(struct hv *hv, struct memory_grants *g)
{
	if (g->res)
		xenforeignmemory_unmap_resource(hv->fmem, g->res);
	else if (g->addr)
		memory_unmap(hv, g->addr, 1);
	g->res = NULL;
	g->addr = NULL;
}

int memory_pin_root(struct hv *hv, uint32_t domid, uint64_t mfn)
{
	struct mmuext_op *op = hv->op;
	int rc;

	memset(op, 0, sizeof(*op));
	op->cmd = MMUEXT_PIN_L4_TABLE;
	op->arg1.mfn = mfn;
	rc = hv_call4(hv, __HYPERVISOR_mmuext_op, (uintptr_t)op, 1, 0, domid);
	return rc < 0 ? rc : 0;
}
