/* SPDX-License-Identifier: MIT */
/*
 * Watches: who wants to hear of which node, and finding them when it changes.
 *
 * Watches lie in a hash table by path, so a change at a depth of d costs d + 1
 * look-ups however many watches there are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/access.h"
#include "store/change.h"
#include "store/pathmap.h"

struct watch;

/* The depth of a watch that hears of all below. */
#define WATCH_DEPTH_ANY UINT16_MAX

/* Zeroed memory is an empty table. */
struct watch_table {
	struct pathmap by_path;
};

/* One who watches; lives inside its connection. */
struct watcher {
	/* Its rights, looked at anew for each event. */
	const struct access_id *id;
	/* Takes an event; must not add or remove watches. */
	void (*event)(struct watcher *watcher, const char *path, const char *token);
	struct watch *list;
};

/*
 * Adds a watch on an absolute path (or a special name).  Its events leave out
 * the first @skip bytes of the path, for relative ones.  It hears of changes at
 * most @depth levels below its path; on a special name a depth of 1 has the
 * domain's id appended to the name in events.  Returns 0, -EEXIST, -E2BIG if the
 * quota is used up, or -ENOMEM.
 */
int watch_add_depth(struct watch_table *table, struct watcher *watcher, const char *path,
		    size_t skip, uint16_t depth, const char *token);

/* The same for all that is below. */
int watch_add(struct watch_table *table, struct watcher *watcher, const char *path, size_t skip,
	      const char *token);

/* Removes a watch; 0 or -ENOENT. */
int watch_remove(struct watch_table *table, struct watcher *watcher, const char *path,
		 const char *token);

/* Removes all watches of one watcher. */
void watch_remove_all(struct watch_table *table, struct watcher *watcher);

/* A watch as it was added. */
struct watch_view {
	const char *path;
	size_t skip;
	uint16_t depth;
	const char *token;
};

/*
 * Calls @visit for each watch of a watcher, in the order in which they were
 * added; stops when it returns non-zero.
 */
int watch_each(const struct watcher *watcher,
	       int (*visit)(const struct watch_view *view, void *arg), void *arg);

/* What all watches of a watcher are charged for, in bytes. */
size_t watch_bytes_of(const struct watcher *watcher);

/* Tells those who may know of one change. */
void watch_fire(const struct watch_table *table, const struct change *change);

/*
 * Tells of a special event, such as "@releaseDomain"; @perms says who may know.
 * Of these two the first is for those who do not want to hear which domain it
 * was; the second for those who watch one domain ("@releaseDomain/5") or asked
 * for the id with a depth.
 */
void watch_fire_special(const struct watch_table *table, const char *name,
			const struct permset *perms);
void watch_fire_special_domain(const struct watch_table *table, const char *name, uint16_t domid,
			       const struct permset *perms);
