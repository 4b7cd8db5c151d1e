/* SPDX-License-Identifier: MIT */
/*
 * A hash table keyed by path.
 */
#include "store/pathmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_BUCKETS 16

static uint64_t hash_path(const char *path, size_t len)
{
	static uint64_t key[2];
	uint64_t h;

	if (!key[0] && (getrandom(key, sizeof(key), 0) != sizeof(key) || !key[0]))
		key[0] = 0x9e3779b97f4a7c15u;
	h = key[0] ^ len;
	for (size_t i = 0; i < len; i++) {
		h ^= (unsigned char)path[i];
		h *= 0xff51afd7ed558ccdu;
		h ^= (h >> 29) ^ key[1];
	}
	return h ^ (h >> 32);
}

static int grow(struct pathmap *map)
{
	size_t count = map->bucket_count ? map->bucket_count * 2 : FIRST_BUCKETS;
	struct pathmap_entry **buckets = calloc(count, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	for (size_t i = 0; i < map->bucket_count; i++) {
		struct pathmap_entry *entry = map->buckets[i];

		while (entry) {
			struct pathmap_entry *next = entry->next;
			struct pathmap_entry **head = &buckets[entry->hash % count];

			entry->next = *head;
			*head = entry;
			entry = next;
		}
	}
	free(map->buckets);
	map->buckets = buckets;
	map->bucket_count = count;
	return 0;
}

int pathmap_add(struct pathmap *map, struct pathmap_entry *entry)
{
	struct pathmap_entry **head;

	if (map->count >= map->bucket_count) {
		int rc = grow(map);

		if (rc)
			return rc;
	}
	entry->hash = hash_path(entry->path, strlen(entry->path));
	head = &map->buckets[entry->hash % map->bucket_count];
	entry->next = *head;
	*head = entry;
	map->count++;
	return 0;
}

void pathmap_remove(struct pathmap *map, struct pathmap_entry *entry)
{
	struct pathmap_entry **at = &map->buckets[entry->hash % map->bucket_count];

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	map->count--;
}

static struct pathmap_entry *match(struct pathmap_entry *entry, uint64_t hash, const char *path,
				   size_t len)
{
	for (; entry; entry = entry->next) {
		if (entry->hash == hash && !strncmp(entry->path, path, len) && !entry->path[len])
			break;
	}
	return entry;
}

struct pathmap_entry *pathmap_find(const struct pathmap *map, const char *path, size_t len)
{
	uint64_t hash;

	if (!map->count)
		return NULL;
	hash = hash_path(path, len);
	return match(map->buckets[hash % map->bucket_count], hash, path, len);
}

struct pathmap_entry *pathmap_find_next(const struct pathmap_entry *entry)
{
	return match(entry->next, entry->hash, entry->path, strlen(entry->path));
}

void pathmap_clear(struct pathmap *map)
{
	free(map->buckets);
	memset(map, 0, sizeof(*map));
}
