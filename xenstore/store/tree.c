/* SPDX-License-Identifier: MIT */
/*
 * The persistent tree of nodes: finding, copying, changing.
 */
#include "store/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "protocol/path.h"

/*
 * Priorities come from a generator that guests cannot predict, or one could
 * choose its requests so as to make a treap a list.
 */
static uint32_t random_priority(void)
{
	static uint64_t state;

	if (!state) {
		if (getrandom(&state, sizeof(state), 0) != sizeof(state) || !state)
			state = 0x9e3779b97f4a7c15u;
	}
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static struct node *node_new(const char *name, size_t name_len, struct permset *perms,
			     uint64_t generation)
{
	struct node *node = calloc(1, sizeof(*node) + name_len);

	if (!node)
		return NULL;
	node->refs = 1;
	node->priority = random_priority();
	node->perms = permset_ref(perms);
	node->generation = generation;
	node->children_generation = generation;
	node->name_len = (uint16_t)name_len;
	memcpy(node->name, name, name_len);
	return node;
}

struct node *tree_new(struct permset *perms)
{
	return node_new("", 0, perms, 0);
}

struct node *tree_ref(struct node *root)
{
	root->refs++;
	return root;
}

static void value_put(struct tree_value *value)
{
	if (value && !--value->refs)
		free(value);
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
		drop_ref(node->children, &dead);
		permset_put(node->perms);
		value_put(node->value);
		free(node);
	}
}

static struct node *node_copy(const struct node *from)
{
	size_t size = sizeof(*from) + from->name_len;
	struct node *node = malloc(size);

	if (!node)
		return NULL;
	memcpy(node, from, size);
	node->refs = 1;
	if (node->left)
		node->left->refs++;
	if (node->right)
		node->right->refs++;
	if (node->children)
		node->children->refs++;
	if (node->value)
		node->value->refs++;
	permset_ref(node->perms);
	return node;
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

static int compare(const char *name, size_t len, const struct node *node)
{
	if (len != node->name_len)
		return len < node->name_len ? -1 : 1;
	return memcmp(name, node->name, len);
}

static struct node *find_child(const struct node *parent, const char *name, size_t len)
{
	struct node *node = parent->children;

	while (node) {
		int order = compare(name, len, node);

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
 * Owns every node from the root to @path, siblings on the treap path included.
 * Copies made before a failure are harmless: they are equal to what they
 * replace.
 */
static int tree_own(struct node **root, const char *path, size_t path_len, struct node **out)
{
	const char *at = path, *end = path + path_len;
	struct node **slot = root;
	int rc = own(slot);

	while (!rc) {
		size_t len = path_component(&at);

		if (!len || at >= end)
			break;
		slot = &(*slot)->children;
		while (*slot) {
			int order;

			rc = own(slot);
			if (rc)
				return rc;
			order = compare(at, len, *slot);
			if (!order)
				break;
			slot = order < 0 ? &(*slot)->left : &(*slot)->right;
		}
		if (!*slot)
			return -ENOENT;
		at += len;
	}
	*out = *slot;
	return rc;
}

/* Owns the parent of @path; *name is the last component. */
static int own_parent(struct node **root, const char *path, struct node **parent, const char **name)
{
	const char *slash = strrchr(path, '/');

	*name = slash + 1;
	return tree_own(root, path, (size_t)(slash - path), parent);
}

/*
 * Splits a treap into what is smaller than a name and what is greater; the
 * name itself is not in it.  Owns the nodes on the way first, so that the
 * relinking cannot fail half-way.
 */
static int own_search_path(struct node **slot, const char *name, size_t len)
{
	while (*slot) {
		int rc = own(slot);

		if (rc)
			return rc;
		slot = compare(name, len, *slot) < 0 ? &(*slot)->left : &(*slot)->right;
	}
	return 0;
}

static void split(struct node *node, const char *name, size_t len, struct node **smaller,
		  struct node **greater)
{
	while (node) {
		if (compare(name, len, node) < 0) {
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

static int insert(struct node *parent, struct node *child)
{
	struct node **slot = &parent->children;

	while (*slot && (*slot)->priority >= child->priority) {
		int rc = own(slot);

		if (rc)
			return rc;
		slot = compare(child->name, child->name_len, *slot) < 0 ? &(*slot)->left
									: &(*slot)->right;
	}
	if (*slot) {
		int rc = own_search_path(slot, child->name, child->name_len);

		if (rc)
			return rc;
	}
	split(*slot, child->name, child->name_len, &child->left, &child->right);
	*slot = child;
	return 0;
}

/* A value with one reference; *out is NULL for an empty one. */
static int value_new(const void *data, size_t len, struct tree_value **out)
{
	*out = NULL;
	if (!len)
		return 0;
	*out = malloc(sizeof(**out) + len);
	if (!*out)
		return -ENOMEM;
	(*out)->refs = 1;
	(*out)->len = (uint32_t)len;
	memcpy((*out)->data, data, len);
	return 0;
}

/*
 * A chain of new nodes for the components of @path, the value in the last one.
 * *top is its first node, to be freed with tree_put().
 */
static int chain_new(const char *path, struct permset *perms, const void *data, size_t len,
		     uint64_t generation, struct node **top)
{
	struct node **slot = top, *last = NULL;
	size_t n;
	int rc = -ENOMEM;

	*top = NULL;
	while ((n = path_component(&path))) {
		*slot = node_new(path, n, perms, generation);
		if (!*slot)
			goto undo;
		if (last)
			last->child_count = 1;
		last = *slot;
		slot = &last->children;
		path += n;
	}
	rc = value_new(data, len, &last->value);
	if (rc)
		goto undo;
	return 0;

undo:
	if (*top)
		tree_put(*top);
	return rc;
}

int tree_create(struct node **root, const char *path, struct permset *perms, const void *data,
		size_t len, uint64_t generation)
{
	struct node *parent, *top;
	size_t existing;
	int rc;

	tree_find_nearest(*root, path, &existing);
	if (!path[existing])
		return -EEXIST;
	rc = tree_own(root, path, existing, &parent);
	if (!rc)
		rc = chain_new(path + existing, perms, data, len, generation, &top);
	if (rc)
		return rc;
	rc = insert(parent, top);
	if (rc) {
		tree_put(top);
		return rc;
	}
	parent->child_count++;
	parent->children_generation = generation;
	return 0;
}

int tree_set_value(struct node **root, const char *path, const void *data, size_t len,
		   uint64_t generation)
{
	struct tree_value *value;
	struct node *node;
	int rc;

	if (!tree_find(*root, path))
		return -ENOENT;
	rc = value_new(data, len, &value);
	if (rc)
		return rc;
	rc = tree_own(root, path, strlen(path), &node);
	if (rc) {
		value_put(value);
		return rc;
	}
	value_put(node->value);
	node->value = value;
	node->generation = generation;
	return 0;
}

int tree_set_perms(struct node **root, const char *path, struct permset *perms, uint64_t generation)
{
	struct node *node;
	int rc;

	if (!tree_find(*root, path))
		return -ENOENT;
	rc = tree_own(root, path, strlen(path), &node);
	if (rc)
		return rc;
	permset_ref(perms);
	permset_put(node->perms);
	node->perms = perms;
	node->generation = generation;
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
	struct node *parent, *node, **slot;
	const char *name;
	size_t len;
	int rc;

	if (!path[1])
		return -EINVAL;
	if (!tree_find(*root, path))
		return -ENOENT;
	rc = own_parent(root, path, &parent, &name);
	if (!rc)
		rc = tree_own(root, path, strlen(path), &node);
	if (rc)
		return rc;
	rc = own_merge_path(&node->left, &node->right);
	if (rc)
		return rc;
	len = strlen(name);
	slot = &parent->children;
	while (*slot != node)
		slot = compare(name, len, *slot) < 0 ? &(*slot)->left : &(*slot)->right;
	*slot = merge(node->left, node->right);
	node->left = NULL;
	node->right = NULL;
	parent->child_count--;
	parent->children_generation = generation;
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
	return each_in_treap(node->children, visit, arg);
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
	return walk_treap(node->children, walk);
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
		memcpy(walk->path + walk->len, node->name, node->name_len);
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

static long check_treap(const struct node *node, const struct node **last, uint32_t *siblings)
{
	long total = 0, n;

	if (!node)
		return 0;
	if (!node->refs || (node->left && node->left->priority > node->priority) ||
	    (node->right && node->right->priority > node->priority))
		return -EUCLEAN;
	n = check_treap(node->left, last, siblings);
	if (n < 0)
		return n;
	total += n;
	if (*last && compare((*last)->name, (*last)->name_len, node) >= 0)
		return -EUCLEAN;
	*last = node;
	(*siblings)++;
	n = tree_check(node);
	if (n < 0)
		return n;
	total += n;
	n = check_treap(node->right, last, siblings);
	return n < 0 ? n : total + n;
}

long tree_check(const struct node *node)
{
	const struct node *last = NULL;
	uint32_t siblings = 0;
	long n = check_treap(node->children, &last, &siblings);

	if (n < 0)
		return n;
	return siblings == node->child_count ? n + 1 : -EUCLEAN;
}
