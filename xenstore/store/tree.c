/* SPDX-License-Identifier: MIT */
/*
 * The persistent tree of nodes: finding, copying, changing.
 */
#include "store/tree.h"

#include <errno.h>
#include <string.h>

#include "protocol/path.h"

struct node *tree_new(struct permset *perms)
{
	return node_new("", 0, perms, NULL, 0, 0, true);
}

struct node *tree_ref(struct node *root)
{
	root->refs++;
	return root;
}

static void drop_ref(struct node *node, struct node **dead)
{
	if (node && !--node->refs) {
		node->dead = *dead;
		*dead = node;
	}
}

void tree_put(struct node *root)
{
	struct node *dead = NULL;

	drop_ref(root, &dead);
	while (dead) {
		struct node *node = dead;

		dead = node->dead;
		drop_ref(node->left, &dead);
		drop_ref(node->right, &dead);
		drop_ref(node_children(node), &dead);
		node_free(node);
	}
}

/* Makes the node in @slot the holder's own, copying it if others hold it. */
static int own(struct node **slot)
{
	struct node *copy;

	if ((*slot)->refs == 1)
		return 0;
	copy = node_copy(*slot);
	if (!copy)
		return -ENOMEM;
	(*slot)->refs--;
	*slot = copy;
	return 0;
}

static struct node *find_child(const struct node *parent, const char *name, size_t len)
{
	struct node_key key = node_key(name, len);
	struct node *node = node_children(parent);

	while (node) {
		int order = node_compare(&key, node);

		if (!order)
			break;
		node = order < 0 ? node->left : node->right;
	}
	return node;
}

struct node *tree_find_nearest(struct node *root, const char *path, size_t *existing)
{
	const char *at = path;
	size_t len;

	*existing = 0;
	while ((len = path_component(&at))) {
		struct node *child = find_child(root, at, len);

		if (!child)
			return root;
		root = child;
		at += len;
		*existing = (size_t)(at - path);
	}
	/* The root's own path is a slash and nothing else. */
	*existing = (size_t)(at - path);
	return root;
}

struct node *tree_find(struct node *root, const char *path)
{
	size_t existing;
	struct node *node = tree_find_nearest(root, path, &existing);

	return path[existing] ? NULL : node;
}

/*
 * Owns every node from the root to @path, siblings on the treap path included;
 * *out is where the last one is pointed at.  Copies made before a failure are
 * harmless: they are equal to what they replace.
 */
static int tree_own(struct node **root, const char *path, size_t path_len, struct node ***out)
{
	const char *at = path, *end = path + path_len;
	struct node **slot = root;
	int rc = own(slot);

	while (!rc) {
		size_t len = path_component(&at);
		struct node_key key;

		if (!len || at >= end)
			break;
		key = node_key(at, len);
		slot = node_children_slot(*slot);
		while (slot && *slot) {
			int order;

			rc = own(slot);
			if (rc)
				return rc;
			order = node_compare(&key, *slot);
			if (!order)
				break;
			slot = order < 0 ? &(*slot)->left : &(*slot)->right;
		}
		if (!slot || !*slot)
			return -ENOENT;
		at += len;
	}
	*out = slot;
	return rc;
}

/*
 * Splits a treap into what is smaller than a name and what is greater; the
 * name itself is not in it.  Owns the nodes on the way first, so that the
 * relinking cannot fail half-way.
 */
static int own_search_path(struct node **slot, const struct node_key *key)
{
	while (*slot) {
		int rc = own(slot);

		if (rc)
			return rc;
		slot = node_compare(key, *slot) < 0 ? &(*slot)->left : &(*slot)->right;
	}
	return 0;
}

static void split(struct node *node, const struct node_key *key, struct node **smaller,
		  struct node **greater)
{
	while (node) {
		if (node_compare(key, node) < 0) {
			*greater = node;
			greater = &node->left;
			node = node->left;
		} else {
			*smaller = node;
			smaller = &node->right;
			node = node->right;
		}
	}
	*smaller = NULL;
	*greater = NULL;
}

static int insert(struct node **slot, struct node *child)
{
	struct node_key key = node_key_of(child);

	while (*slot && (*slot)->priority >= child->priority) {
		int rc = own(slot);

		if (rc)
			return rc;
		slot = node_compare(&key, *slot) < 0 ? &(*slot)->left : &(*slot)->right;
	}
	if (*slot) {
		int rc = own_search_path(slot, &key);

		if (rc)
			return rc;
	}
	split(*slot, &key, &child->left, &child->right);
	*slot = child;
	return 0;
}

/*
 * A chain of new nodes for the components of @path, the value in the last one.
 * *top is its first node, to be freed with tree_put().
 */
static int chain_new(const char *path, struct permset *perms, const void *data, size_t len,
		     uint64_t generation, struct node **top)
{
	struct node **slot = top;
	size_t n;

	*top = NULL;
	while ((n = path_component(&path))) {
		bool last = !path[n];

		*slot = node_new(path, n, perms, last ? data : NULL, last ? len : 0, generation,
				 !last);
		if (!*slot) {
			if (*top)
				tree_put(*top);
			return -ENOMEM;
		}
		slot = node_children_slot(*slot);
		path += n;
	}
	return 0;
}

int tree_create(struct node **root, const char *path, struct permset *perms, const void *data,
		size_t len, uint64_t generation)
{
	struct node **parent, *top;
	size_t existing;
	int rc;

	tree_find_nearest(*root, path, &existing);
	if (!path[existing])
		return -EEXIST;
	rc = tree_own(root, path, existing, &parent);
	if (!rc)
		rc = node_make_parent(parent);
	if (!rc)
		rc = chain_new(path + existing, perms, data, len, generation, &top);
	if (rc)
		return rc;
	rc = insert(node_children_slot(*parent), top);
	if (rc) {
		tree_put(top);
		return rc;
	}
	node_touch_children(*parent, generation);
	return 0;
}

int tree_set_value(struct node **root, const char *path, const void *data, size_t len,
		   uint64_t generation)
{
	struct node **slot;
	int rc = tree_own(root, path, strlen(path), &slot);

	if (!rc)
		rc = node_set_value(slot, data, len);
	if (!rc)
		(*slot)->generation = generation;
	return rc;
}

int tree_set_perms(struct node **root, const char *path, struct permset *perms, uint64_t generation)
{
	struct node **slot;
	int rc = tree_own(root, path, strlen(path), &slot);

	if (rc)
		return rc;
	permset_ref(perms);
	permset_put((*slot)->perms);
	(*slot)->perms = perms;
	(*slot)->generation = generation;
	return 0;
}

/*
 * Replaces the node in @slot, which leaves, by the merger of its two sides.
 * All nodes that get a new neighbour are owned first.
 */
static int own_merge_path(struct node **left, struct node **right)
{
	while (*left && *right) {
		struct node ***upper = (*left)->priority >= (*right)->priority ? &left : &right;
		int rc = own(*upper);

		if (rc)
			return rc;
		*upper = upper == &left ? &(**upper)->right : &(**upper)->left;
	}
	return 0;
}

static struct node *merge(struct node *left, struct node *right)
{
	struct node *top = NULL, **slot = &top;

	while (left && right) {
		if (left->priority >= right->priority) {
			*slot = left;
			slot = &left->right;
			left = left->right;
		} else {
			*slot = right;
			slot = &right->left;
			right = right->left;
		}
	}
	*slot = left ? left : right;
	return top;
}

int tree_remove(struct node **root, const char *path, uint64_t generation, struct node **removed)
{
	struct node **parent, **slot, *node;
	int rc;

	if (!path[1])
		return -EINVAL;
	/* Nothing moves any more once all on the way is owned. */
	rc = tree_own(root, path, strlen(path), &slot);
	if (!rc)
		rc = tree_own(root, path, (size_t)(strrchr(path, '/') - path), &parent);
	if (rc)
		return rc;
	node = *slot;
	rc = own_merge_path(&node->left, &node->right);
	if (rc)
		return rc;
	*slot = merge(node->left, node->right);
	node->left = NULL;
	node->right = NULL;
	node_touch_children(*parent, generation);
	if (removed)
		*removed = node;
	else
		tree_put(node);
	return 0;
}

static int each_in_treap(const struct node *node, int (*visit)(const struct node *child, void *arg),
			 void *arg)
{
	for (; node; node = node->right) {
		int rc = each_in_treap(node->left, visit, arg);

		if (!rc)
			rc = visit(node, arg);
		if (rc)
			return rc;
	}
	return 0;
}

int tree_each_child(const struct node *node, int (*visit)(const struct node *child, void *arg),
		    void *arg)
{
	return each_in_treap(node_children(node), visit, arg);
}

struct walk {
	char *path;
	size_t len;
	int (*visit)(const struct node *node, const char *path, void *arg);
	void *arg;
};

static int walk_treap(const struct node *node, struct walk *walk);

static int walk_node(const struct node *node, struct walk *walk)
{
	int rc = walk->visit(node, walk->path, walk->arg);

	if (rc)
		return rc == TREE_SKIP ? 0 : rc;
	return walk_treap(node_children(node), walk);
}

static int walk_treap(const struct node *node, struct walk *walk)
{
	for (; node; node = node->right) {
		size_t len = walk->len;
		int rc = walk_treap(node->left, walk);

		if (rc)
			return rc;
		/* The path of "/" already ends in a slash. */
		if (len > 1)
			walk->path[walk->len++] = '/';
		memcpy(walk->path + walk->len, node_name(node), node->name_len);
		walk->len += node->name_len;
		walk->path[walk->len] = '\0';
		rc = walk_node(node, walk);
		walk->len = len;
		walk->path[len] = '\0';
		if (rc)
			return rc;
	}
	return 0;
}

int tree_walk(const struct node *node, char *path,
	      int (*visit)(const struct node *node, const char *path, void *arg), void *arg)
{
	struct walk walk = { path, strlen(path), visit, arg };

	return walk_node(node, &walk);
}

static long check_treap(const struct node *node, const struct node **last)
{
	struct node_key key;
	long total = 0, n;

	if (!node)
		return 0;
	if (!node->refs || (node->left && node->left->priority > node->priority) ||
	    (node->right && node->right->priority > node->priority))
		return -EUCLEAN;
	n = check_treap(node->left, last);
	if (n < 0)
		return n;
	total += n;
	if (*last) {
		key = node_key_of(*last);
		if (node_compare(&key, node) >= 0)
			return -EUCLEAN;
	}
	*last = node;
	n = tree_check(node);
	if (n < 0)
		return n;
	total += n;
	n = check_treap(node->right, last);
	return n < 0 ? n : total + n;
}

long tree_check(const struct node *node)
{
	const struct node *last = NULL;
	long n = check_treap(node_children(node), &last);

	return n < 0 ? n : n + 1;
}
