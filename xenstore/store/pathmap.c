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

/*
 * The hash runs over a path byte by byte, so that those of all its prefixes
 * come out on the way.
 */
static uint64_t hash_start(void)
{
	static uint64_t key;

	if (!key && (getrandom(&key, sizeof(key), 0) != sizeof(key) || !key))
		key = 0x9e3779b97f4a7c15u;
	return key;
}

static uint64_t hash_byte(uint64_t state, char byte)
{
	state = (state ^ (unsigned char)byte) * 0xff51afd7ed558ccdu;
	return state ^ (state >> 29) ^ hash_start();
}

static uint64_t hash_end(uint64_t state)
{
	return state ^ (state >> 32);
}

static uint64_t hash_path(const char *path, size_t len)
{
	uint64_t state = hash_start();

	for (size_t i = 0; i < len; i++)
		state = hash_byte(state, path[i]);
	return hash_end(state);
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

static void visit_prefix(const struct pathmap *map, uint64_t state, const char *path, size_t len,
			 void (*visit)(struct pathmap_entry *entry, void *arg), void *arg)
{
	uint64_t hash = hash_end(state);
	struct pathmap_entry *entry = map->buckets[hash % map->bucket_count];

	for (entry = match(entry, hash, path, len); entry; entry = pathmap_find_next(entry))
		visit(entry, arg);
}

void pathmap_visit_upwards(const struct pathmap *map, const char *path,
			   void (*visit)(struct pathmap_entry *entry, void *arg), void *arg)
{
	uint64_t state = hash_byte(hash_start(), '/');

	if (!map->count)
		return;
	visit_prefix(map, state, path, 1, visit, arg);
	if (!path[1])
		return;
	for (size_t i = 1;; i++) {
		if (path[i] == '/' || !path[i])
			visit_prefix(map, state, path, i, visit, arg);
		if (!path[i])
			break;
		state = hash_byte(state, path[i]);
	}
}

void pathmap_clear(struct pathmap *map)
{
	free(map->buckets);
	memset(map, 0, sizeof(*map));
}
