/* SPDX-License-Identifier: MIT */
/*
 * Watches: registration and matching.
 */
#include "store/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/path.h"

/* "@introduceDomain", a slash, a domain id and the NUL. */
#define SPECIAL_MAX 32

struct watch {
	struct pathmap_entry entry;
	/* The watcher's list, and what points at this element of it. */
	struct watch *next;
	struct watch **link;
	struct watcher *watcher;
	/* Bytes; at most a domain's home. */
	uint16_t skip;
	uint16_t depth;
	const char *token;
	/* Path and token, each with its NUL. */
	char text[];
};

static int64_t watch_bytes(const struct watch *watch)
{
	return (int64_t)(sizeof(*watch) + strlen(watch->entry.path) + strlen(watch->token) + 2);
}

size_t watch_bytes_of(const struct watcher *watcher)
{
	size_t bytes = 0;

	for (const struct watch *watch = watcher->list; watch; watch = watch->next)
		bytes += (size_t)watch_bytes(watch);
	return bytes;
}

static struct watch *find(const struct watch_table *table, const struct watcher *watcher,
			  const char *path, const char *token)
{
	struct pathmap_entry *entry = pathmap_find(&table->by_path, path, strlen(path));

	for (; entry; entry = pathmap_find_next(entry)) {
		struct watch *watch = (struct watch *)entry;

		if (watch->watcher == watcher && !strcmp(watch->token, token))
			return watch;
	}
	return NULL;
}

int watch_add(struct watch_table *table, struct watcher *watcher, const char *path, size_t skip,
	      const char *token)
{
	return watch_add_depth(table, watcher, path, skip, WATCH_DEPTH_ANY, token);
}

int watch_add_depth(struct watch_table *table, struct watcher *watcher, const char *path,
		    size_t skip, uint16_t depth, const char *token)
{
	size_t path_size = strlen(path) + 1, token_size = strlen(token) + 1;
	const struct access_id *id = watcher->id;
	struct watch *watch;
	int rc;

	if (find(table, watcher, path, token))
		return -EEXIST;
	if (!id->privileged && !account_allows(id->domid, QUOTA_WATCHES,
					       account_of(id->domid)->used[QUOTA_WATCHES] + 1u))
		return -E2BIG;
	if (!id->privileged &&
	    !account_allows_more(id->domid, QUOTA_MEMORY, sizeof(*watch) + path_size + token_size))
		return -ENOMEM;
	watch = malloc(sizeof(*watch) + path_size + token_size);
	if (!watch)
		return -ENOMEM;
	memcpy(watch->text, path, path_size);
	memcpy(watch->text + path_size, token, token_size);
	watch->entry.path = watch->text;
	watch->token = watch->text + path_size;
	watch->skip = (uint16_t)skip;
	watch->depth = depth;
	watch->watcher = watcher;
	rc = pathmap_add(&table->by_path, &watch->entry);
	if (rc) {
		free(watch);
		return rc;
	}
	watch->next = watcher->list;
	watch->link = &watcher->list;
	if (watch->next)
		watch->next->link = &watch->next;
	watcher->list = watch;
	account_add(id->domid, QUOTA_WATCHES, 1);
	account_add(id->domid, QUOTA_MEMORY, watch_bytes(watch));
	return 0;
}

static void remove_watch(struct watch_table *table, struct watch *watch)
{
	*watch->link = watch->next;
	if (watch->next)
		watch->next->link = watch->link;
	pathmap_remove(&table->by_path, &watch->entry);
	account_add(watch->watcher->id->domid, QUOTA_WATCHES, -1);
	account_add(watch->watcher->id->domid, QUOTA_MEMORY, -watch_bytes(watch));
	free(watch);
}

int watch_remove(struct watch_table *table, struct watcher *watcher, const char *path,
		 const char *token)
{
	struct watch *watch = find(table, watcher, path, token);

	if (!watch)
		return -ENOENT;
	remove_watch(table, watch);
	return 0;
}

void watch_remove_all(struct watch_table *table, struct watcher *watcher)
{
	while (watcher->list)
		remove_watch(table, watcher->list);
}

int watch_each(const struct watcher *watcher,
	       int (*visit)(const struct watch_view *view, void *arg), void *arg)
{
	const struct watch *watch = watcher->list;
	int rc = 0;

	/* New ones come first, so the way back begins at the end. */
	while (watch && watch->next)
		watch = watch->next;
	while (watch && !rc) {
		struct watch_view view = { watch->entry.path, watch->skip, watch->depth,
					   watch->token };
		const char *link = (const char *)watch->link;

		rc = visit(&view, arg);
		if (link == (const char *)&watcher->list)
			break;
		watch = (const struct watch *)(link - offsetof(struct watch, next));
	}
	return rc;
}

/* The lists of which one must let a watcher read. */
struct audience {
	const struct permset *lists[3];
};

static bool may_know(const struct access_id *id, const struct audience *audience)
{
	for (size_t i = 0; i < 3; i++) {
		const struct permset *list = audience->lists[i];

		if (list && (access_rights(id, list) & PERM_READ))
			return true;
	}
	return false;
}

/* An event on its way to whoever may hear it. */
struct firing {
	const char *path;
	const struct audience *audience;
};

/* How far @path lies below the watch's own. */
static size_t levels_below(const struct watch *watch, const char *path)
{
	/* What follows "/" has no slash of its own in front; no matter. */
	return path_depth(path + strlen(watch->entry.path));
}

static void fire_entry(struct pathmap_entry *entry, void *arg)
{
	const struct firing *firing = arg;
	struct watch *watch = (struct watch *)entry;
	struct watcher *watcher = watch->watcher;

	if (watch->depth != WATCH_DEPTH_ANY && levels_below(watch, firing->path) > watch->depth)
		return;
	if (may_know(watcher->id, firing->audience))
		watcher->event(watcher, firing->path + watch->skip, watch->token);
}

/* Tells the watches at @path itself. */
static void fire_at(const struct watch_table *table, const char *path, const struct audience *audience)
{
	struct firing firing = { path, audience };
	struct pathmap_entry *entry = pathmap_find(&table->by_path, path, strlen(path));

	for (; entry; entry = pathmap_find_next(entry))
		fire_entry(entry, &firing);
}

struct removal {
	const struct watch_table *table;
	const struct node *top;
};

static int fire_removed(const struct node *node, const char *path, void *arg)
{
	const struct removal *removal = arg;
	struct audience audience = { { node->perms } };

	if (node != removal->top)
		fire_at(removal->table, path, &audience);
	return 0;
}

void watch_fire(const struct watch_table *table, const struct change *change)
{
	struct audience audience = { { change->perms, change->before } };
	struct firing firing = { change->path, &audience };
	struct removal removal = { table, change->removed };
	char path[PATH_BUF];

	if (change->quiet || !table->by_path.count)
		return;
	/* That a node comes or goes, readers of its parent may know. */
	if (change->kind == CHANGE_CREATE || change->kind == CHANGE_REMOVE)
		audience.lists[2] = change->parent;
	pathmap_visit_upwards(&table->by_path, change->path, fire_entry, &firing);
	if (change->removed) {
		strcpy(path, change->path);
		tree_walk(change->removed, path, fire_removed, &removal);
	}
}

/* An event by a special name, for those who want it with the id or without. */
static void fire_special(const struct watch_table *table, const char *name, const char *path,
			 uint16_t depth, const struct permset *perms)
{
	struct audience audience = { { perms } };
	struct pathmap_entry *entry = pathmap_find(&table->by_path, name, strlen(name));

	for (; entry; entry = pathmap_find_next(entry)) {
		const struct watch *watch = (const struct watch *)entry;

		if (watch->depth == depth && may_know(watch->watcher->id, &audience))
			watch->watcher->event(watch->watcher, path, watch->token);
	}
}

void watch_fire_special(const struct watch_table *table, const char *name, const struct permset *perms)
{
	fire_special(table, name, name, WATCH_DEPTH_ANY, perms);
}

void watch_fire_special_domain(const struct watch_table *table, const char *name, uint16_t domid,
			       const struct permset *perms)
{
	char path[SPECIAL_MAX];

	snprintf(path, sizeof(path), "%s/%u", name, domid);
	fire_special(table, name, path, 1, perms);
	fire_special(table, path, path, WATCH_DEPTH_ANY, perms);
}
