/* SPDX-License-Identifier: MIT */
/*
 * Interned permission lists, in a hash table of fixed width: there are about
 * as many lists as domains, and the chains stay short.
 */
#include "store/permset.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024

static struct permset *buckets[BUCKETS];

static uint32_t hash(const struct perm *perms, size_t count)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < count; i++)
		h = (h ^ perms[i].domid ^ ((uint32_t)perms[i].access << 16)) * 16777619u;
	return (h ^ (h >> 15)) % BUCKETS;
}

static bool same(const struct permset *set, const struct perm *perms, size_t count)
{
	if (set->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (set->perms[i].domid != perms[i].domid || set->perms[i].access != perms[i].access)
			return false;
	}
	return true;
}

struct permset *permset_get(const struct perm *perms, size_t count)
{
	struct permset **bucket = &buckets[hash(perms, count)];
	struct permset *set;

	for (set = *bucket; set; set = set->next) {
		if (same(set, perms, count))
			return permset_ref(set);
	}
	set = malloc(sizeof(*set) + count * sizeof(*perms));
	if (!set)
		return NULL;
	set->refs = 1;
	set->count = (uint32_t)count;
	memcpy(set->perms, perms, count * sizeof(*perms));
	set->next = *bucket;
	*bucket = set;
	return set;
}

struct permset *permset_ref(struct permset *set)
{
	set->refs++;
	return set;
}

void permset_put(struct permset *set)
{
	struct permset **at;

	if (--set->refs)
		return;
	at = &buckets[hash(set->perms, set->count)];
	while (*at != set)
		at = &(*at)->next;
	*at = set->next;
	free(set);
}

bool permset_names(const struct permset *set, uint16_t domid)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->perms[i].domid == domid && !(set->perms[i].access & PERM_IGNORE))
			return true;
	}
	return false;
}

bool permset_any_names(uint16_t domid)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct permset *set = buckets[i]; set; set = set->next) {
			if (permset_names(set, domid))
				return true;
		}
	}
	return false;
}

void permset_collect_domids(uint8_t bits[(UINT16_MAX + 1) / 8])
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct permset *set = buckets[i]; set; set = set->next) {
			for (uint32_t j = 0; j < set->count; j++) {
				const struct perm *perm = &set->perms[j];

				if (!(perm->access & PERM_IGNORE))
					bits[perm->domid / 8] |= (uint8_t)(1u << (perm->domid % 8));
			}
		}
	}
}

struct permset *permset_without(struct permset *set, uint16_t domid)
{
	struct perm *kept = malloc(set->count * sizeof(*kept));
	struct permset *result;
	size_t n = 0;

	if (!kept)
		return NULL;
	for (uint32_t i = 0; i < set->count; i++) {
		if (i && set->perms[i].domid == domid)
			continue;
		kept[n] = set->perms[i];
		if (!i && kept[n].domid == domid)
			kept[n].access |= PERM_IGNORE;
		n++;
	}
	result = permset_get(kept, n);
	free(kept);
	return result;
}
