/* SPDX-License-Identifier: MIT */
/*
 * A node of the store's tree, as small as can be, since there are many.
 *
 * Behind the fixed part lies what a node has: of one that ever had a child
 * where its children are and when one last came or went; its name; its value,
 * or where that is if it is long.  Most nodes have no children and a short
 * value, and take one allocation of 64 or 80 bytes.  A node moves when it
 * grows, so only a slot (the one pointer to a node that nobody else holds) may
 * be used to change it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/permset.h"

struct node {
	uint32_t refs;
	/* Its place in the heap that a parent's children are. */
	uint32_t priority;
	struct node *left;
	struct node *right;
	struct permset *perms;
	union {
		/* When value or permissions last changed. */
		uint64_t generation;
		/* Link in the list of nodes about to be freed. */
		struct node *dead;
	};
	uint16_t name_len;
	uint16_t value_len;
	/* A struct node_children comes first in the tail. */
	bool has_children;
	/* A listing of its children may be kept; see listing.h. */
	bool listed;
	char tail[] __attribute__((aligned(8)));
};

struct node_children {
	struct node *top;
	/* When a child last came or went. */
	uint64_t generation;
};

/* Values up to this length lie in the node; longer ones are shared by its copies. */
#define NODE_INLINE_MAX 64

/* A long value. */
struct node_value {
	uint32_t refs;
	char data[];
};

/* Its name, without a NUL. */
static inline const char *node_name(const struct node *node)
{
	return node->tail + (node->has_children ? sizeof(struct node_children) : 0);
}

/* Its value, value_len bytes. */
static inline const char *node_value(const struct node *node)
{
	const char *at = node_name(node) + node->name_len;
	const struct node_value *value;

	if (node->value_len <= NODE_INLINE_MAX)
		return at;
	__builtin_memcpy(&value, at, sizeof(value));
	return value->data;
}

/* Where the pointer to its children is, NULL if it never had any. */
static inline struct node **node_children_slot(struct node *node)
{
	return node->has_children ? &((struct node_children *)(void *)node->tail)->top : NULL;
}

/* The topmost of its children's treap, or NULL. */
static inline struct node *node_children(const struct node *node)
{
	return node->has_children ? ((const struct node_children *)(const void *)node->tail)->top
				  : NULL;
}

/* When a child last came or went, 0 if none ever did. */
static inline uint64_t node_children_generation(const struct node *node)
{
	return node->has_children
		       ? ((const struct node_children *)(const void *)node->tail)->generation
		       : 0;
}

/* A name to look for, made ready for many comparisons. */
struct node_key {
	const char *name;
	size_t len;
	/* Its first eight bytes as a number that is ordered as they are. */
	uint64_t head;
};

/* Up to eight bytes as such a number. */
static inline uint64_t node_head(const char *name, size_t len)
{
	uint32_t low, high;
	uint64_t head = 0;

	if (len >= sizeof(head)) {
		__builtin_memcpy(&head, name, sizeof(head));
	} else if (len >= sizeof(low)) {
		__builtin_memcpy(&low, name, sizeof(low));
		__builtin_memcpy(&high, name + len - sizeof(high), sizeof(high));
		head = low | (uint64_t)high << (8 * (len - sizeof(high)));
	} else {
		while (len--)
			head = head << 8 | (unsigned char)name[len];
	}
	return __builtin_bswap64(head);
}

static inline struct node_key node_key(const char *name, size_t len)
{
	return (struct node_key){ name, len, node_head(name, len) };
}

/* The key of a node's own name. */
static inline struct node_key node_key_of(const struct node *node)
{
	return node_key(node_name(node), node->name_len);
}

/* Less than, equal to or greater than 0 as the key is to the node's name. */
static inline int node_compare(const struct node_key *key, const struct node *node)
{
	const char *name = node_name(node);
	size_t len = node->name_len;
	uint64_t head;

	if (key->len != len)
		return key->len < len ? -1 : 1;
	head = node_head(name, len);
	if (key->head != head)
		return key->head < head ? -1 : 1;
	if (len <= sizeof(head))
		return 0;
	return __builtin_memcmp(key->name + sizeof(head), name + sizeof(head), len - sizeof(head));
}

/*
 * A node with one reference, and one more to @perms; @with_children if it is
 * about to have some.  NULL: no memory.
 */
struct node *node_new(const char *name, size_t name_len, struct permset *perms, const void *value,
		      size_t value_len, uint64_t generation, bool with_children);

/* The same again, with one reference, for someone else to change. */
struct node *node_copy(const struct node *from);

/* Frees a node whose references, and those to what is beside and below it, are gone. */
void node_free(struct node *node);

/* The following change the node in @slot, which may move; 0 or -ENOMEM. */

int node_set_value(struct node **slot, const void *value, size_t len);

/* Makes room for children. */
int node_make_parent(struct node **slot);

/* Notes that a child came or went; it has room for children. */
void node_touch_children(struct node *node, uint64_t generation);

/* Provided by listing.c: a node that was listed is freed or moves. */
void node_unlisted(const struct node *node);
