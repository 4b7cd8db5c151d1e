/* SPDX-License-Identifier: MIT */
/*
 * A guest's own list of its frames.
 */
#include "dump/p2m.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hv/memory.h"

#define LEVELS	      4
#define PER_PAGE      (HV_PAGE_SIZE / sizeof(uint64_t))
#define ENTRY_PRESENT 1UL
#define ENTRY_LARGE   (1UL << 7)
#define ENTRY_ADDRESS 0x000ffffffffff000UL
#define P2M_SPECIAL   (3UL << 62) /* another's frame, or one that is its own address */
#define MAX_PFN	      (1UL << 30) /* 4 TiB: longer lists are nonsense */

/* One table of each level is kept: pages of the list that are neighbours share them. */
struct walk {
	struct hv *hv;
	uint32_t domid;
	uint64_t mfn[LEVELS];
	uint64_t table[LEVELS][PER_PAGE];
	uint64_t list[PER_PAGE];
};

/* A copy of a frame; the guest may change it, a copy stays. */
static int copy_frame(struct walk *w, uint64_t mfn, uint64_t *to)
{
	int error = 0;
	const void *page = memory_map_some(w->hv, w->domid, &mfn, &error, 1);

	if (!page)
		return -errno;
	if (!error)
		memcpy(to, page, HV_PAGE_SIZE);
	memory_unmap(w->hv, page, 1);
	return error;
}

static unsigned int index_of(uint64_t va, int level)
{
	return (va >> (HV_PAGE_SHIFT + 9 * level)) & (PER_PAGE - 1);
}

/* The page of the list at @va into w->list. */
static int load_list(struct walk *w, uint64_t root, uint64_t va)
{
	uint64_t mfn = root;

	for (int level = LEVELS - 1; level >= 0; level--) {
		uint64_t entry;
		int rc = 0;

		if (w->mfn[level] != mfn)
			rc = copy_frame(w, mfn, w->table[level]);
		if (rc) {
			w->mfn[level] = ~0UL;
			return rc;
		}
		w->mfn[level] = mfn;
		entry = w->table[level][index_of(va, level)];
		if (!(entry & ENTRY_PRESENT) || (level && entry & ENTRY_LARGE))
			return -ENOENT;
		mfn = (entry & ENTRY_ADDRESS) >> HV_PAGE_SHIFT;
	}
	return copy_frame(w, mfn, w->list);
}

/* The top-level table from a CR3 value as the ABI packs it: the frame's high bits come low. */
static uint64_t cr3_frame(uint64_t cr3)
{
	return (cr3 >> 12) | (cr3 << 52);
}

int p2m_read(struct hv *hv, uint32_t domid, const shared_info_t *si, size_t room,
	     struct core_page **pages, size_t *count)
{
	uint64_t va = si->arch.p2m_vaddr, end = si->arch.max_pfn;
	uint64_t root = cr3_frame(si->arch.p2m_cr3);
	struct walk *w;

	if (!si->arch.p2m_cr3 || !va || !end)
		return -ENODATA;
	if (end > MAX_PFN || va % HV_PAGE_SIZE)
		return -EINVAL;
	w = malloc(sizeof(*w));
	*pages = malloc(room * sizeof(**pages));
	if (!w || !*pages) {
		free(w);
		free(*pages);
		return -ENOMEM;
	}
	w->hv = hv;
	w->domid = domid;
	memset(w->mfn, 0xff, sizeof(w->mfn));
	*count = 0;
	for (uint64_t pfn = 0; pfn < end && *count < room; pfn += PER_PAGE) {
		if (load_list(w, root, va + pfn * sizeof(uint64_t)))
			continue;
		for (uint64_t i = 0; i < PER_PAGE && pfn + i < end && *count < room; i++)
			if (w->list[i] && !(w->list[i] & P2M_SPECIAL))
				(*pages)[(*count)++] = (struct core_page){ pfn + i, w->list[i] };
	}
	free(w);
	return 0;
}
