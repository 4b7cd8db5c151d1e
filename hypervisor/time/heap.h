/* SPDX-License-Identifier: MIT */
/*
 * A binary min-heap of nodes that lie inside what they order, so that nothing
 * is ever allocated; pure.  Insertion and removal take O(log n) steps at worst.
 */
#pragma once

#include "lib/types.h"

struct heap_node {
	u64 key;
	struct heap_node *left, *right, *parent;
};

struct heap {
	struct heap_node *min; /* the root; NULL if empty */
	u32 n;
};

/* @node is in no heap; its key is set. */
void heap_insert(struct heap *h, struct heap_node *node);
/* @node is in @h. */
void heap_remove(struct heap *h, struct heap_node *node);
