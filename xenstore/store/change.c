/* SPDX-License-Identifier: MIT */
/*
 * One change to the store, made in whichever tree it is applied to.
 */
#include "store/change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/path.h"

struct change *change_new(enum change_kind kind, const char *path, struct permset *perms,
			  const void *data, size_t len)
{
	size_t path_size = strlen(path) + 1;
	struct change *change = calloc(1, sizeof(*change) + len + path_size);

	if (!change)
		return NULL;
	change->kind = kind;
	change->perms = perms ? permset_ref(perms) : NULL;
	change->len = len;
	if (len)
		memcpy(change->data, data, len);
	memcpy(change->data + len, path, path_size);
	change->path = change->data + len;
	return change;
}

/* Forgets what an earlier application found. */
static void forget_findings(struct change *change)
{
	if (change->before)
		permset_put(change->before);
	if (change->parent)
		permset_put(change->parent);
	if (change->removed)
		tree_put(change->removed);
	change->before = NULL;
	change->parent = NULL;
	change->removed = NULL;
}

void change_free(struct change *list)
{
	while (list) {
		struct change *next = list->next;

		forget_findings(list);
		if (list->perms)
			permset_put(list->perms);
		free(list);
		list = next;
	}
}

static int tally_subtree(const struct node *node, const char *path, void *arg)
{
	(void)path;
	return tally_add(arg, permset_owner(node->perms), -1, -(int64_t)tree_node_bytes(node));
}

size_t change_creation_bytes(const char *missing, size_t len)
{
	size_t depth = path_depth(missing);

	/* One slash before each name; all but the last node are empty. */
	return (depth - 1) * tree_bytes(0, 0) + tree_bytes(strlen(missing) - depth, len);
}

static int apply_create(struct change *change, struct node **root, size_t existing,
			uint64_t generation, struct tally *tally)
{
	int32_t made = (int32_t)path_depth(change->path + existing);
	size_t bytes = change_creation_bytes(change->path + existing, change->len);
	int rc = tally_add(tally, permset_owner(change->perms), made, (int64_t)bytes);

	if (rc)
		return rc;
	return tree_create(root, change->path, change->perms, change->data, change->len, generation);
}

static int apply_value(struct change *change, struct node **root, const struct node *node,
		       uint64_t generation, struct tally *tally)
{
	int64_t bytes =
		(int64_t)tree_bytes(node->name_len, change->len) - (int64_t)tree_node_bytes(node);
	int rc = bytes ? tally_add(tally, permset_owner(node->perms), 0, bytes) : 0;

	if (rc)
		return rc;
	return tree_set_value(root, change->path, change->data, change->len, generation);
}

static int apply_perms(struct change *change, struct node **root, const struct node *node,
		       uint64_t generation, struct tally *tally)
{
	int64_t bytes = (int64_t)tree_node_bytes(node);
	int rc = tally_add(tally, permset_owner(change->before), -1, -bytes);

	if (!rc)
		rc = tally_add(tally, permset_owner(change->perms), 1, bytes);
	if (rc)
		return rc;
	return tree_set_perms(root, change->path, change->perms, generation);
}

static int apply_remove(struct change *change, struct node **root, uint64_t generation,
			struct tally *tally)
{
	const struct node *node = tree_find(*root, change->path);
	char path[PATH_BUF];
	int rc;

	strcpy(path, change->path);
	rc = tree_walk(node, path, tally_subtree, tally);
	if (rc)
		return rc;
	return tree_remove(root, change->path, generation, &change->removed);
}

int change_apply(struct change *change, struct node **root, uint64_t generation, struct tally *tally)
{
	size_t existing;
	struct node *node = tree_find_nearest(*root, change->path, &existing);
	char parent_path[PATH_BUF];
	const struct node *parent;

	forget_findings(change);
	if (change->kind == CHANGE_CREATE) {
		/* New nodes inherit: nearest ancestor and parent are alike. */
		change->parent = permset_ref(node->perms);
		return apply_create(change, root, existing, generation, tally);
	}
	if (change->path[existing])
		return -ENOENT;
	change->before = permset_ref(node->perms);
	if (change->kind == CHANGE_REMOVE && path_parent(change->path, parent_path)) {
		parent = tree_find(*root, parent_path);
		change->parent = permset_ref(parent->perms);
	}
	switch (change->kind) {
	case CHANGE_VALUE: return apply_value(change, root, node, generation, tally);
	case CHANGE_PERMS: return apply_perms(change, root, node, generation, tally);
	default: return apply_remove(change, root, generation, tally);
	}
}
