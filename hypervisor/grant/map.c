/* SPDX-License-Identifier: MIT */
/*
 * Grant mapping and unmapping.
 */
#include "grant/map.h"
#include "grant/grant.h"
#include "grant/table.h"
#include "paging/paging.h"

/* Take (drop) what one mapping of @m holds: a reference, and a use as writable if @write. */
static bool map_hold(struct domain *granter, mfn_t m, bool write)
{
	if (write)
		return type_get_owned(m, granter->id, FRAME_WRITABLE) == 0;
	return owner_get(m, granter->id);
}

static void map_drop(mfn_t m, bool write)
{
	if (write)
		type_put_owned(frame_of(m));
	else
		owner_put(frame_of(m));
}

static s16 map_host(const gnttab_map_grant_ref_t *op, mfn_t m)
{
	u64 flags = PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY | PTE_NX;
	struct vcpu *v = current;
	pte_t old;

	if (!(op->flags & GNTMAP_readonly))
		flags |= PTE_RW;
	flags |= ((u64)(op->flags >> _GNTMAP_guest_avail0) << 9) & PTE_AVAIL;
	if (paging_grant_map(v, op->host_addr, op->flags & GNTMAP_contains_pte, pte_make(m, flags),
			     &old))
		return GNTST_general_error;
	if (pte_present(old)) {
		paging_flush_domain(v->domain);
		paging_put_entry_l1(old, v->domain);
	}
	return GNTST_okay;
}

/* The use count is taken; take references and put the mappings in place. */
static s16 map_parts(gnttab_map_grant_ref_t *op, struct domain *granter, mfn_t m)
{
	bool write = !(op->flags & GNTMAP_readonly);
	s16 rc = GNTST_okay;

	if (op->flags & GNTMAP_device_map && !map_hold(granter, m, write))
		return GNTST_general_error;
	if (op->flags & GNTMAP_host_map) {
		if (!map_hold(granter, m, write)) {
			rc = GNTST_general_error;
		} else {
			rc = map_host(op, m);
			if (rc != GNTST_okay)
				map_drop(m, write);
		}
		if (rc != GNTST_okay && op->flags & GNTMAP_device_map)
			map_drop(m, write);
	}
	return rc;
}

static s16 map_from(gnttab_map_grant_ref_t *op, struct domain *granter)
{
	struct domain *d = current->domain;
	bool write = !(op->flags & GNTMAP_readonly);
	struct maptrack_entry e = { .ref = op->ref, .granter = granter };
	mfn_t m;
	s16 rc;

	rc = table_use(granter, op->ref, d->id, write, &m);
	if (rc != GNTST_okay)
		return rc;
	e.flags = op->flags &
		  (GNTMAP_host_map | GNTMAP_device_map | GNTMAP_readonly | GNTMAP_contains_pte);
	e.frame = m.v;
	op->handle = maptrack_put(&d->grant->maptrack, &e);
	if (op->handle == MAPTRACK_NONE) {
		table_unuse(granter, op->ref, write);
		return GNTST_no_space;
	}
	rc = map_parts(op, granter, m);
	if (rc != GNTST_okay) {
		maptrack_claim(&d->grant->maptrack, op->handle,
			       e.flags & (GNTMAP_host_map | GNTMAP_device_map), &e);
		maptrack_done(&d->grant->maptrack, op->handle);
		table_unuse(granter, op->ref, write);
		return rc;
	}
	op->dev_bus_addr = mfn_to_maddr(m).v;
	return GNTST_okay;
}

void map_grant(gnttab_map_grant_ref_t *op)
{
	struct domain *granter;

	op->handle = MAPTRACK_NONE;
	op->dev_bus_addr = 0;
	if (!(op->flags & (GNTMAP_host_map | GNTMAP_device_map))) {
		op->status = GNTST_bad_gntref;
		return;
	}
	granter = op->dom == DOMID_SELF ? domain_get(current->domain->id) : domain_get(op->dom);
	if (!granter || !granter->grant) {
		if (granter)
			domain_put(granter);
		op->status = GNTST_bad_domain;
		return;
	}
	spin_lock(&current->domain->grant->map_lock);
	op->status = map_from(op, granter);
	spin_unlock(&current->domain->grant->map_lock);
	if (op->status != GNTST_okay)
		domain_put(granter); /* else the handle keeps it */
}

/* What an unmap has claimed and cleared, to be completed after the flush. */
struct unmap_work {
	struct maptrack_entry e;
	u16 parts; /* 0: it failed */
};

static s16 map_clear(gnttab_unmap_grant_ref_t *op, struct unmap_work *w)
{
	struct vcpu *v = current;
	struct maptrack *mt = &v->domain->grant->maptrack;
	u16 parts =
		(op->host_addr ? GNTMAP_host_map : 0) | (op->dev_bus_addr ? GNTMAP_device_map : 0);
	bool readonly;

	w->parts = 0;
	if (!maptrack_claim(mt, op->handle, parts, &w->e))
		return GNTST_bad_handle;
	if (op->dev_bus_addr && op->dev_bus_addr != w->e.frame << PAGE_SHIFT) {
		maptrack_restore(mt, op->handle, parts);
		return GNTST_bad_dev_addr;
	}
	readonly = w->e.flags & GNTMAP_readonly;
	if (op->host_addr && paging_grant_unmap(v, op->host_addr, w->e.flags & GNTMAP_contains_pte,
						mfn(w->e.frame), readonly)) {
		maptrack_restore(mt, op->handle, parts);
		return GNTST_general_error;
	}
	w->parts = parts;
	return GNTST_okay;
}

static void map_complete(u32 handle, const struct unmap_work *w)
{
	struct maptrack *mt = &current->domain->grant->maptrack;
	bool write = !(w->e.flags & GNTMAP_readonly);

	if (w->parts & GNTMAP_host_map)
		map_drop(mfn(w->e.frame), write);
	if (w->parts & GNTMAP_device_map)
		map_drop(mfn(w->e.frame), write);
	/* The use count belongs to the handle: it goes with the last part. */
	if (!(w->e.flags & (GNTMAP_host_map | GNTMAP_device_map) & ~w->parts)) {
		table_unuse(w->e.granter, w->e.ref, write);
		maptrack_done(mt, handle);
		domain_put(w->e.granter);
	}
}

void map_ungrant(gnttab_unmap_grant_ref_t *ops, unsigned int n)
{
	struct grant_domain *g = current->domain->grant;
	struct unmap_work work[UNMAP_BATCH];

	SPIN_HOLD(&g->map_lock);
	for (unsigned int i = 0; i < n; i++)
		ops[i].status = map_clear(&ops[i], &work[i]);
	paging_flush_domain(current->domain);
	for (unsigned int i = 0; i < n; i++)
		if (ops[i].status == GNTST_okay && work[i].parts)
			map_complete(ops[i].handle, &work[i]);
}

bool grant_release_mappings(struct domain *d, unsigned int n)
{
	struct maptrack *mt = &d->grant->maptrack;
	u32 handle = 0;

	while ((handle = maptrack_next(mt, handle)) != MAPTRACK_NONE) {
		struct maptrack_entry e;
		u16 parts;

		if (!n--)
			return false;
		if (!maptrack_claim(mt, handle, 0, &e))
			continue;
		parts = e.flags & (GNTMAP_host_map | GNTMAP_device_map);
		if (!maptrack_claim(mt, handle, parts, &e))
			continue;
		/* The entry of a host mapping keeps its references until its table is torn down. */
		if (parts & GNTMAP_device_map)
			map_drop(mfn(e.frame), !(e.flags & GNTMAP_readonly));
		table_unuse(e.granter, e.ref, !(e.flags & GNTMAP_readonly));
		maptrack_done(mt, handle);
		domain_put(e.granter);
	}
	return true;
}
