/* SPDX-License-Identifier: MIT */
/*
 * Listings.
 *
 * A kept one is of a node at an address and of a time: it is given up when that
 * node is freed or moves, and of no use once a child of it came or went, as the
 * number that this leaves in the node was never there before.
 */
#include "store/listing.h"

#include <errno.h>
#include <string.h>
#include <xen/io/xs_wire.h>

#include "store/tree.h"

#define KEPT	 8
#define WORTH_IT 256

struct listing {
	/* NULL if there is nothing in it. */
	const struct node *node;
	uint64_t generation;
	size_t len;
	char names[XENSTORE_PAYLOAD_MAX];
};

/* One more, to be filled next. */
static struct listing listings[KEPT + 1];
static struct listing *slots[KEPT];
static struct listing *spare = &listings[KEPT];

static struct listing **slot_of(const struct node *node)
{
	size_t i = ((uintptr_t)node >> 4) * 0x9e3779b97f4a7c15u >> 61;

	if (!slots[i])
		slots[i] = &listings[i];
	return &slots[i];
}

void node_unlisted(const struct node *node)
{
	struct listing *listing = *slot_of(node);

	if (listing->node == node)
		listing->node = NULL;
}

static int add_name(const struct node *child, void *arg)
{
	struct listing *listing = arg;
	size_t len = child->name_len;

	if (len + 1 > sizeof(listing->names) - listing->len)
		return -E2BIG;
	memcpy(listing->names + listing->len, node_name(child), len);
	listing->names[listing->len + len] = '\0';
	listing->len += len + 1;
	return 0;
}

int listing_get(struct node *node, const char **names, size_t *len)
{
	struct listing **slot = slot_of(node), *listing = *slot;
	int rc;

	if (listing->node != node || listing->generation != node_children_generation(node)) {
		listing = spare;
		listing->len = 0;
		rc = tree_each_child(node, add_name, listing);
		if (rc)
			return rc;
		if (listing->len >= WORTH_IT) {
			listing->node = node;
			listing->generation = node_children_generation(node);
			node->listed = true;
			spare = *slot;
			spare->node = NULL;
			*slot = listing;
		}
	}
	*names = listing->names;
	*len = listing->len;
	return 0;
}
