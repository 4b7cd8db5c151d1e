/* SPDX-License-Identifier: MIT */
/*
 * Handles of mapped grants.
 */
#include "grant/maptrack.h"
#include "abi/abi.h"
#include "frame/alloc.h"
#include "x86/bound.h"

#define MAPTRACK_PARTS	     (GNTMAP_host_map | GNTMAP_device_map)
#define MAPTRACK_PAGES_LIMIT 4096
/* In the flags of a handle in use, also when the last part is claimed; no GNTMAP_* of those kept. */
#define MAPTRACK_USED 0x8000

static struct maptrack_entry *maptrack_at(struct maptrack *m, u32 handle)
{
	return &m->pages[handle / MAPTRACK_PER_PAGE][handle % MAPTRACK_PER_PAGE];
}

int maptrack_init(struct maptrack *m, unsigned int max_pages)
{
	spin_init(&m->lock);
	m->max_pages = MIN(MAX(max_pages, 1U), MAPTRACK_PAGES_LIMIT);
	m->free = MAPTRACK_NONE;
	m->pages = alloc_bytes(m->max_pages * sizeof(*m->pages));
	return m->pages ? 0 : -ENOMEM;
}

void maptrack_free(struct maptrack *m)
{
	for (unsigned int i = 0; i < m->nr_pages; i++)
		alloc_free_page(m->pages[i]);
	alloc_free_bytes(m->pages);
}

/* One more page of free handles; lock held. */
static bool maptrack_grow(struct maptrack *m)
{
	u32 first = m->nr_pages * MAPTRACK_PER_PAGE;
	struct maptrack_entry *page;

	if (m->nr_pages == m->max_pages)
		return false;
	page = alloc_page();
	if (!page)
		return false;
	for (unsigned int i = 0; i < MAPTRACK_PER_PAGE; i++)
		page[i].ref = i + 1 < MAPTRACK_PER_PAGE ? first + i + 1 : m->free;
	m->pages[m->nr_pages++] = page;
	m->free = first;
	return true;
}

u32 maptrack_put(struct maptrack *m, const struct maptrack_entry *e)
{
	u32 handle;

	SPIN_HOLD(&m->lock);
	if (m->free == MAPTRACK_NONE && !maptrack_grow(m))
		return MAPTRACK_NONE;
	handle = m->free;
	m->free = maptrack_at(m, handle)->ref;
	*maptrack_at(m, handle) = *e;
	maptrack_at(m, handle)->flags |= MAPTRACK_USED;
	return handle;
}

bool maptrack_claim(struct maptrack *m, u32 handle, u16 flags, struct maptrack_entry *e)
{
	struct maptrack_entry *t;
	bool ok = false;

	flags &= MAPTRACK_PARTS;
	SPIN_HOLD(&m->lock);
	if (bound_index(handle, m->nr_pages * MAPTRACK_PER_PAGE)) {
		t = maptrack_at(m, handle);
		ok = (t->flags & MAPTRACK_PARTS) && (t->flags & flags) == flags;
		*e = *t;
		if (ok)
			t->flags &= ~flags;
	}
	return ok;
}

void maptrack_restore(struct maptrack *m, u32 handle, u16 flags)
{
	SPIN_HOLD(&m->lock);
	maptrack_at(m, handle)->flags |= flags & MAPTRACK_PARTS;
}

void maptrack_done(struct maptrack *m, u32 handle)
{
	struct maptrack_entry *t = maptrack_at(m, handle);

	SPIN_HOLD(&m->lock);
	if ((t->flags & MAPTRACK_USED) && !(t->flags & MAPTRACK_PARTS)) {
		t->flags = 0;
		t->ref = m->free;
		m->free = handle;
	}
}

u32 maptrack_next(struct maptrack *m, u32 from)
{
	for (u32 h = from; h < m->nr_pages * MAPTRACK_PER_PAGE; h++)
		if (maptrack_at(m, h)->flags & MAPTRACK_PARTS)
			return h;
	return MAPTRACK_NONE;
}
