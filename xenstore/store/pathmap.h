/* SPDX-License-Identifier: MIT */
/*
 * A hash table keyed by path, whose entries live inside their users' structs.
 * Several entries may have one path.  The hash is keyed by a random number, so
 * that nobody can choose paths that collide.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct pathmap_entry {
	struct pathmap_entry *next;
	uint64_t hash;
	/* Not owned; must live as long as the entry is in a map. */
	const char *path;
};

/* Zeroed memory is an empty map. */
struct pathmap {
	struct pathmap_entry **buckets;
	size_t bucket_count;
	size_t count;
};

/* Adds an entry whose path is set; 0 or -ENOMEM. */
int pathmap_add(struct pathmap *map, struct pathmap_entry *entry);

/* Takes an entry out that is in the map. */
void pathmap_remove(struct pathmap *map, struct pathmap_entry *entry);

/* The first entry with the @len bytes at @path as its path, or NULL. */
struct pathmap_entry *pathmap_find(const struct pathmap *map, const char *path, size_t len);

/* The next one with the same path. */
struct pathmap_entry *pathmap_find_next(const struct pathmap_entry *entry);

/*
 * Calls @visit for every entry at @path or above it, from "/" downwards.  The
 * cost is one pass over the path, whatever its depth.
 */
void pathmap_visit_upwards(const struct pathmap *map, const char *path,
			   void (*visit)(struct pathmap_entry *entry, void *arg), void *arg);

/* Frees the table; the entries are their users' to free. */
void pathmap_clear(struct pathmap *map);
