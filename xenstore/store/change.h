/* SPDX-License-Identifier: MIT */
/*
 * One change to the store: what a transaction's log is made of, what is
 * replayed when it commits, and what watches are told about.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/account.h"
#include "store/tree.h"

enum change_kind {
	CHANGE_CREATE,
	CHANGE_VALUE,
	CHANGE_PERMS,
	CHANGE_REMOVE,
};

struct change {
	struct change *next;
	enum change_kind kind;
	/* No watch hears of it: another change of the same request tells. */
	bool quiet;
	/* CREATE and PERMS: the new list. */
	struct permset *perms;
	/* What applying it found: the list before, NULL for CREATE. */
	struct permset *before;
	/* What CREATE and REMOVE found: the (nearest existing) parent's list. */
	struct permset *parent;
	/* What applying REMOVE took away. */
	struct node *removed;
	size_t len;
	const char *path;
	/* CREATE and VALUE: @len bytes of value; then the path's own bytes. */
	char data[];
};

/* A change with copies of path and data; NULL if memory is short. */
struct change *change_new(enum change_kind kind, const char *path, struct permset *perms,
			  const void *data, size_t len);

/* Frees a whole list. */
void change_free(struct change *list);

/*
 * How many bytes the nodes have that a CREATE makes: @missing is the part of its
 * path that does not exist, @len the length of its value.
 */
size_t change_creation_bytes(const char *missing, size_t len);

/*
 * Makes the change in a tree, and notes in @tally whose nodes and
 * bytes it moves.
 * Returns 0, -ENOENT or -EEXIST if the tree does not allow it, or -ENOMEM; the
 * tree is as before then, @tally may not be.
 */
int change_apply(struct change *change, struct node **root, uint64_t generation, struct tally *tally);
