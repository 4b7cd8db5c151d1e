/* SPDX-License-Identifier: MIT */
/*
 * Grant tables: creation, growth, use of entries.
 */
#include "grant/table.h"
#include "console/log.h"
#include "frame/alloc.h"
#include "frame/directmap.h"
#include "grant/access.h"
#include "grant/grant.h"
#include "x86/bound.h"

/* Most shared frames any domain can be allowed: 2^20 grants. */
#define TABLE_FRAMES_LIMIT 2048

int grant_create_domain(struct domain *d)
{
	unsigned int max = MIN(MAX(d->max_grant_frames, 1U), TABLE_FRAMES_LIMIT);
	struct grant_domain *g = alloc_bytes(sizeof(*g));

	if (!g)
		return -ENOMEM;
	spin_init(&g->lock);
	spin_init(&g->map_lock);
	g->max_frames = max;
	g->shared = alloc_bytes(max * sizeof(*g->shared));
	g->uses = alloc_bytes(max * sizeof(*g->uses));
	d->grant = g;
	if (!g->shared || !g->uses || maptrack_init(&g->maptrack, d->max_maptrack_frames) ||
	    table_grow(d, 1)) {
		(void)grant_destroy_domain(d, 1);
		grant_free_domain(d);
		return -ENOMEM;
	}
	return 0;
}

bool grant_destroy_domain(struct domain *d, unsigned int n)
{
	struct grant_domain *g = d->grant;

	if (!g)
		return true;
	spin_lock(&g->lock);
	g->leaving += g->nr_frames;
	g->nr_frames = 0;
	g->max_frames = 0;
	spin_unlock(&g->lock);
	for (; n && g->leaving; n--) {
		owner_unshare(g->shared[--g->leaving]);
		alloc_free_bytes(g->uses[g->leaving]);
	}
	return !g->leaving;
}

bool grant_free_some(struct domain *d, unsigned int n)
{
	struct maptrack *m = &d->grant->maptrack;

	for (; n && m->nr_pages; n--)
		alloc_free_page(m->pages[--m->nr_pages]);
	return !m->nr_pages;
}

void grant_free_domain(struct domain *d)
{
	struct grant_domain *g = d->grant;

	if (!g)
		return;
	maptrack_free(&g->maptrack);
	alloc_free_bytes(g->shared);
	alloc_free_bytes(g->uses);
	alloc_free_bytes(g);
	d->grant = NULL;
}

/* One more shared frame; lock held. */
static int table_add_frame(struct domain *d, struct grant_domain *g)
{
	unsigned int i = g->nr_frames;
	void *page = alloc_page();

	if (!page)
		return -ENOMEM;
	g->uses[i] = alloc_bytes(GRANTS_PER_FRAME * sizeof(struct grant_use));
	if (!g->uses[i]) {
		alloc_free_page(page);
		return -ENOMEM;
	}
	owner_share(&d->pool, page, true);
	g->shared[i] = page;
	smp_wmb();
	g->nr_frames = i + 1;
	return 0;
}

int table_grow(struct domain *d, unsigned int frames)
{
	struct grant_domain *g = d->grant;
	int rc = 0;

	if (frames > g->max_frames)
		return -EINVAL;
	SPIN_HOLD(&g->lock);
	while (!rc && g->nr_frames < frames) {
		rc = table_add_frame(d, g);
		if (!rc && g->nr_frames < frames && softirq_pending())
			rc = -ERESTART;
	}
	return rc;
}

int grant_get_frame(struct domain *d, unsigned int index, mfn_t *m)
{
	int rc = table_grow(d, index + 1);

	if (!rc && !bound_index(index, d->grant->nr_frames))
		rc = -EINVAL; /* the last number of all, after which comes 0 */

	if (!rc)
		*m = virt_to_mfn(d->grant->shared[index]);
	return rc;
}

/* The shared entry and the record of @ref, NULL if the table has none; lock held. */
static struct grant_use *table_at(struct grant_domain *g, u32 ref, grant_entry_v1_t **entry)
{
	if (!bound_index(ref, g->nr_frames * GRANTS_PER_FRAME))
		return NULL;
	*entry = &g->shared[ref / GRANTS_PER_FRAME][ref % GRANTS_PER_FRAME];
	return &g->uses[ref / GRANTS_PER_FRAME][ref % GRANTS_PER_FRAME];
}

s16 table_use(struct domain *d, u32 ref, u16 grantee, bool write, mfn_t *frame)
{
	struct grant_domain *g = d->grant;
	s16 rc = GNTST_general_error;
	grant_entry_v1_t *entry;
	struct grant_use *use;

	SPIN_HOLD(&g->lock);
	use = table_at(g, ref, &entry);
	if (!use) {
		rc = GNTST_bad_gntref;
	} else if ((!(use->readers + use->writers) || use->domid == grantee) &&
		   use->readers != ~0U && use->writers != ~0U &&
		   access_mark((volatile u32 *)&entry->flags, grantee, write)) {
		if (!(use->readers + use->writers)) {
			use->domid = grantee;
			use->frame = mfn(READ_ONCE(entry->frame));
		}
		use->writers += write;
		use->readers += !write;
		*frame = use->frame;
		rc = GNTST_okay;
	}
	return rc;
}

void table_unuse(struct domain *d, u32 ref, bool write)
{
	struct grant_domain *g = d->grant;
	grant_entry_v1_t *entry;
	struct grant_use *use;

	SPIN_HOLD(&g->lock);
	use = table_at(g, ref, &entry);
	if (use) { /* else the table went with its domain */
		use->writers -= write;
		use->readers -= !write;
		if (!use->writers)
			access_unmark((volatile u32 *)&entry->flags, !use->readers);
	}
}

bool grant_dump(struct domain *d, u32 item)
{
	struct grant_domain *g = d->grant;
	grant_entry_v1_t *entry;
	struct grant_use *use;

	if (!item) {
		log_err("d%u: grant table of %u frames (at most %u)\n", d->id, g->nr_frames,
			g->max_frames);
		return true;
	}
	SPIN_HOLD(&g->lock);
	use = table_at(g, item - 1, &entry);
	if (use && use->readers + use->writers)
		log_err("  ref %u: frame %llx for d%u, %u readers, %u writers\n", item - 1,
			(unsigned long long)use->frame.v, use->domid, use->readers, use->writers);
	return use;
}
