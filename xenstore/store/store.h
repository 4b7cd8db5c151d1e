/* SPDX-License-Identifier: MIT */
/*
 * The store as clients see it: each operation with its permission checks,
 * quotas, transactions and watches.
 *
 * @txn is the transaction that the operation belongs to, or NULL for the store
 * itself.  Paths are absolute and valid.  Every operation returns 0 or a
 * negative errno as the protocol gives it, and leaves everything as it was if
 * it fails.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/access.h"
#include "store/tree.h"
#include "store/txn.h"
#include "store/watch.h"

struct store {
	struct node *root;
	/* Numbers changes; also what a listing in parts is checked by. */
	uint64_t generation;
	struct watch_table watches;
	/* Open transactions. */
	struct txn *txns;
	/* Who may hear of @introduceDomain and @releaseDomain. */
	struct permset *introduce_perms;
	struct permset *release_perms;
	/*
	 * Whether a domain is there to be given rights.  NULL: every one is.
	 */
	bool (*domain_exists)(uint16_t domid);
	/* Who is told of each change once it is in force; or NULL. */
	void (*changed)(const struct change *change);
};

/* An empty store, readable and writable by dom0 alone; 0 or -ENOMEM. */
int store_init(struct store *store);

/* Frees the store; no transaction may be open and no watcher registered. */
void store_clear(struct store *store);

/*
 * The node, for reading its value; it stays valid until the next change.
 */
int store_read(struct store *store, struct txn *txn, const struct access_id *id, const char *path,
	       const struct node **out);

/* The node, for listing its children. */
int store_directory(struct store *store, struct txn *txn, const struct access_id *id,
		    const char *path, struct node **out);

/* The permissions of a node, or of a special name. */
int store_get_perms(struct store *store, struct txn *txn, const struct access_id *id,
		    const char *path, const struct permset **out);

/* Sets a value, making the node and what is missing above it. */
int store_write(struct store *store, struct txn *txn, const struct access_id *id, const char *path,
		const void *data, size_t len);

/* Makes an empty node unless there is one. */
int store_mkdir(struct store *store, struct txn *txn, const struct access_id *id, const char *path);

/* Removes a node and all below. */
int store_rm(struct store *store, struct txn *txn, const struct access_id *id, const char *path);

/* Replaces the permissions of a node, or of a special name. */
int store_set_perms(struct store *store, struct txn *txn, const struct access_id *id,
		    const char *path, const struct perm *perms, size_t count);

/*
 * Begins a transaction; -ENOSPC if @id has its share.  It counts for @id until
 * store_txn_end().
 */
int store_txn_start(struct store *store, const struct access_id *id, struct txn **out);

/*
 * Ends and frees a transaction, committing it if @commit.  -EAGAIN: it
 * conflicted; -ENOSPC: a quota was used up meanwhile.
 */
int store_txn_end(struct store *store, const struct access_id *id, struct txn *txn, bool commit);

/*
 * Applies changes, all or none, and owns the list from then on.  Outside a
 * transaction watches hear of them at once.  Neither permissions nor quotas are
 * looked at.
 */
int store_apply(struct store *store, struct txn *txn, struct change *list);

/*
 * Tells watches of "@introduceDomain" or "@releaseDomain".  The end of each
 * domain is told to those who want to know which it was; that there were any, to
 * the others.
 */
void store_fire_introduce(struct store *store, uint16_t domid);
void store_fire_release_of(struct store *store, uint16_t domid);
void store_fire_release(struct store *store);

/*
 * Checks the tree and that accounts agree with it.  The number of nodes, or
 * -EUCLEAN.
 */
long store_check(const struct store *store);
