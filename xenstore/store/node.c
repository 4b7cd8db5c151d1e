/* SPDX-License-Identifier: MIT */
/*
 * A node of the store's tree: its layout.
 */
#include "store/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define CHILDREN sizeof(struct node_children)

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

/* In steps of the allocator's, so that most changes of a value need no other memory. */
static size_t allocation(size_t size)
{
	return ((size + 8 + 15) & ~(size_t)15) - 8;
}

static size_t value_room(size_t value_len)
{
	return value_len <= NODE_INLINE_MAX ? value_len : sizeof(struct node_value *);
}

static size_t node_size(size_t name_len, size_t value_len, bool has_children)
{
	return allocation(sizeof(struct node) + (has_children ? CHILDREN : 0) + name_len +
			  value_room(value_len));
}

static size_t size_of(const struct node *node)
{
	return node_size(node->name_len, node->value_len, node->has_children);
}

static char *value_place(struct node *node)
{
	return node->tail + (node->has_children ? CHILDREN : 0) + node->name_len;
}

/* The long value, NULL if it is short. */
static struct node_value *long_value(const struct node *node)
{
	struct node_value *value = NULL;

	if (node->value_len > NODE_INLINE_MAX)
		memcpy(&value, node_name(node) + node->name_len, sizeof(value));
	return value;
}

static struct node_value *value_new(const void *data, size_t len)
{
	struct node_value *value = malloc(sizeof(*value) + len);

	if (!value)
		return NULL;
	value->refs = 1;
	memcpy(value->data, data, len);
	return value;
}

static void value_put(struct node_value *value)
{
	if (value && !--value->refs)
		free(value);
}

/* Puts a value where it belongs; a long one was made before. */
static void place_value(struct node *node, const void *data, size_t len, struct node_value *value)
{
	node->value_len = (uint16_t)len;
	if (value)
		memcpy(value_place(node), &value, sizeof(value));
	else if (len)
		memcpy(value_place(node), data, len);
}

struct node *node_new(const char *name, size_t name_len, struct permset *perms, const void *value,
		      size_t value_len, uint64_t generation, bool with_children)
{
	struct node *node = malloc(node_size(name_len, value_len, with_children));
	struct node_value *apart = NULL;

	if (node && value_len > NODE_INLINE_MAX) {
		apart = value_new(value, value_len);
		if (!apart) {
			free(node);
			return NULL;
		}
	}
	if (!node)
		return NULL;
	memset(node, 0, sizeof(*node));
	node->refs = 1;
	node->priority = random_priority();
	node->perms = permset_ref(perms);
	node->generation = generation;
	node->name_len = (uint16_t)name_len;
	node->has_children = with_children;
	if (with_children) {
		*node_children_slot(node) = NULL;
		node_touch_children(node, generation);
	}
	memcpy(value_place(node) - name_len, name, name_len);
	place_value(node, value, value_len, apart);
	return node;
}

struct node *node_copy(const struct node *from)
{
	struct node *node = malloc(size_of(from));
	struct node *children = node_children(from);
	struct node_value *value = long_value(from);

	if (!node)
		return NULL;
	memcpy(node, from, size_of(from));
	node->refs = 1;
	node->listed = false;
	if (node->left)
		node->left->refs++;
	if (node->right)
		node->right->refs++;
	if (children)
		children->refs++;
	if (value)
		value->refs++;
	permset_ref(node->perms);
	return node;
}

void node_free(struct node *node)
{
	if (node->listed)
		node_unlisted(node);
	permset_put(node->perms);
	value_put(long_value(node));
	free(node);
}

/* Gives the node in @slot another size. */
static int resize(struct node **slot, size_t size)
{
	struct node *node;

	if (size == size_of(*slot))
		return 0;
	if ((*slot)->listed)
		node_unlisted(*slot);
	(*slot)->listed = false;
	node = realloc(*slot, size);
	if (!node)
		return -ENOMEM;
	*slot = node;
	return 0;
}

int node_set_value(struct node **slot, const void *data, size_t len)
{
	struct node *node = *slot;
	struct node_value *apart = NULL, *before = long_value(node);
	int rc;

	if (len > NODE_INLINE_MAX) {
		apart = value_new(data, len);
		if (!apart)
			return -ENOMEM;
	}
	rc = resize(slot, node_size(node->name_len, len, node->has_children));
	if (rc) {
		value_put(apart);
		return rc;
	}
	place_value(*slot, data, len, apart);
	value_put(before);
	return 0;
}

int node_make_parent(struct node **slot)
{
	struct node *node = *slot;
	size_t used = node->name_len + value_room(node->value_len);
	int rc;

	if (node->has_children)
		return 0;
	rc = resize(slot, node_size(node->name_len, node->value_len, true));
	if (rc)
		return rc;
	node = *slot;
	memmove(node->tail + CHILDREN, node->tail, used);
	node->has_children = true;
	*node_children_slot(node) = NULL;
	node_touch_children(node, 0);
	return 0;
}

void node_touch_children(struct node *node, uint64_t generation)
{
	((struct node_children *)(void *)node->tail)->generation = generation;
}
