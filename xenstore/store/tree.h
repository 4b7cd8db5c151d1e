/* SPDX-License-Identifier: MIT */
/*
 * The store's data: a persistent tree of named nodes.
 *
 * A tree is a pointer to its root, and a snapshot is one more reference to
 * that root.  A change copies only the nodes between the root and the place of
 * the change that someone else holds as well; when nobody does, it happens in
 * place.  So a transaction costs nothing to begin, sees nothing of others, and
 * two trees share all that is equal.
 *
 * The children of a node are a treap: a binary tree ordered by name (shorter
 * names first, then byte order, so that "9" comes before "10") and heap-ordered
 * by random priorities, linked through the children's own left and right
 * pointers.  A copy is therefore of fixed size however many children a node
 * has.
 *
 * Ownership rule: a node may be changed only by someone who reaches it through
 * references that are all its own (refs == 1 on every node from the root
 * down).  tree_own() establishes that, and nothing else writes to nodes.
 *
 * Equality rule: since any change below a node copies or replaces the nodes
 * above it as long as a snapshot holds them, a subtree whose pointer is the
 * same in two snapshots is the same.
 *
 * Walks recurse.  Their depth is bounded by the path length (at most 1536
 * components) plus the depth of the treaps on the way, which is logarithmic as
 * nobody outside knows the priorities; a frame is about 100 bytes.  Freeing
 * does not recurse at all.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/node.h"

/* The bytes of a node with a name and a value of these lengths. */
static inline size_t tree_bytes(size_t name_len, size_t value_len)
{
	return sizeof(struct node) + name_len + value_len +
	       (value_len > NODE_INLINE_MAX ? sizeof(struct node_value *) + sizeof(struct node_value)
					    : 0);
}

/* The bytes of a node, without its children and its share of a permission list. */
static inline size_t tree_node_bytes(const struct node *node)
{
	return tree_bytes(node->name_len, node->value_len);
}

/* A root with the given permissions (a reference is taken); NULL: no memory. */
struct node *tree_new(struct permset *perms);

/* One more reference: a snapshot. */
struct node *tree_ref(struct node *root);

/* One reference less; frees what nobody holds any more. */
void tree_put(struct node *root);

/* The node at an absolute path, or NULL. */
struct node *tree_find(struct node *root, const char *path);

/*
 * The deepest existing node on the way to @path.  *existing is how much of the
 * path names it; the node is the one asked for if nothing is left then, that
 * is, path[*existing] is the NUL.
 */
struct node *tree_find_nearest(struct node *root, const char *path, size_t *existing);

/*
 * The changes below return 0, -ENOENT if there is no such node or parent, or
 * -ENOMEM; on failure nothing changed.  *root may be replaced.  @generation is
 * a number that was never used before.
 */

/*
 * Adds a node with a value, and empty ones for what is missing above it;
 * -EEXIST if it is there.  References to @perms are taken.
 */
int tree_create(struct node **root, const char *path, struct permset *perms, const void *data,
		size_t len, uint64_t generation);

/* Replaces the value. */
int tree_set_value(struct node **root, const char *path, const void *data, size_t len,
		   uint64_t generation);

/* Replaces the permissions (a reference is taken). */
int tree_set_perms(struct node **root, const char *path, struct permset *perms, uint64_t generation);

/*
 * Takes a node and all below out of the tree.  *removed is a reference to it,
 * for the caller to look at and tree_put(); it may be NULL if not wanted.
 * The root cannot be removed: -EINVAL.
 */
int tree_remove(struct node **root, const char *path, uint64_t generation, struct node **removed);

/* Calls @visit for each child in order; stops when it returns non-zero. */
int tree_each_child(const struct node *node, int (*visit)(const struct node *child, void *arg),
		    void *arg);

/*
 * Calls @visit for the node and all below, parents first.  @path is the node's
 * own path on entry and is used as the work space for the paths handed out;
 * it must be a buffer of PATH_BUF bytes.  Stops at the first non-zero return,
 * which is passed on; TREE_SKIP spares what lies below the visited node.
 */
#define TREE_SKIP 1
int tree_walk(const struct node *node, char *path,
	      int (*visit)(const struct node *node, const char *path, void *arg), void *arg);

/* Checks order and heap below @node; the number of nodes or -EUCLEAN. */
long tree_check(const struct node *node);
