/* SPDX-License-Identifier: MIT */
/*
 * The open transactions of a client.
 */
#include "client/txmap.h"

#include <stddef.h>
#include <stdlib.h>

void txmap_clear(struct txmap *map)
{
	while (map->first)
		txmap_remove(map, map->first->number);
}

uint32_t txmap_add(struct txmap *map, struct txmap_entry *entry, uint32_t wire)
{
	uint32_t number = wire;

	while (!number || txmap_find(map, number))
		number++;
	entry->number = number;
	entry->wire = wire;
	entry->lost = false;
	entry->next = map->first;
	map->first = entry;
	return number;
}

struct txmap_entry *txmap_find(const struct txmap *map, uint32_t number)
{
	struct txmap_entry *entry = map->first;

	while (entry && entry->number != number)
		entry = entry->next;
	return entry;
}

void txmap_remove(struct txmap *map, uint32_t number)
{
	struct txmap_entry **at = &map->first;

	for (; *at; at = &(*at)->next) {
		struct txmap_entry *entry = *at;

		if (entry->number != number)
			continue;
		*at = entry->next;
		free(entry);
		return;
	}
}

void txmap_lose(struct txmap *map)
{
	for (struct txmap_entry *entry = map->first; entry; entry = entry->next)
		entry->lost = true;
}
