/* SPDX-License-Identifier: MIT */
/*
 * A binary heap of linked nodes.  The tree is complete: its n-th node, counted
 * by levels from 1, is found from the root by the bits of n after the leading
 * one, 0 for left and 1 for right.
 */
#include "time/heap.h"

/* The link that holds (or will hold) the n-th node; *@parent is the node the link is in. */
static struct heap_node **link_of(struct heap *h, u32 n, struct heap_node **parent)
{
	struct heap_node **link = &h->min;

	*parent = NULL;
	for (int bit = 30 - __builtin_clz(n); bit >= 0; bit--) {
		*parent = *link;
		link = (n >> bit) & 1 ? &(*link)->right : &(*link)->left;
	}
	return link;
}

/* The link in @node's parent (or the heap) that points to @node. */
static struct heap_node **link_to(struct heap *h, struct heap_node *node)
{
	struct heap_node *p = node->parent;

	return !p ? &h->min : p->left == node ? &p->left : &p->right;
}

static void adopt(struct heap_node *node)
{
	if (node->left)
		node->left->parent = node;
	if (node->right)
		node->right->parent = node;
}

/* Exchange @node with its parent. */
static void rise(struct heap *h, struct heap_node *node)
{
	struct heap_node *p = node->parent;
	struct heap_node *left = node->left, *right = node->right;

	*link_to(h, p) = node;
	node->parent = p->parent;
	if (p->left == node) {
		node->left = p;
		node->right = p->right;
	} else {
		node->left = p->left;
		node->right = p;
	}
	p->left = left;
	p->right = right;
	adopt(p);
	adopt(node);
}

static void sift_up(struct heap *h, struct heap_node *node)
{
	while (node->parent && node->key < node->parent->key)
		rise(h, node);
}

static void sift_down(struct heap *h, struct heap_node *node)
{
	for (;;) {
		struct heap_node *least = node->left;

		if (node->right && node->right->key < least->key)
			least = node->right;
		if (!least || least->key >= node->key)
			return;
		rise(h, least);
	}
}

void heap_insert(struct heap *h, struct heap_node *node)
{
	struct heap_node *parent;
	struct heap_node **link = link_of(h, ++h->n, &parent);

	*link = node;
	node->parent = parent;
	node->left = node->right = NULL;
	sift_up(h, node);
}

void heap_remove(struct heap *h, struct heap_node *node)
{
	struct heap_node *parent;
	struct heap_node **link = link_of(h, h->n--, &parent);
	struct heap_node *last = *link;

	*link = NULL;
	if (last == node)
		return;
	/* The last node takes the place of the removed one and finds its own. */
	*link_to(h, node) = last;
	last->parent = node->parent;
	last->left = node->left;
	last->right = node->right;
	adopt(last);
	sift_up(h, last);
	sift_down(h, last);
}
