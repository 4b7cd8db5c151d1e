/* SPDX-License-Identifier: MIT */
/*
 * Transactions: a snapshot to read and write, and its way back into the store.
 *
 * A transaction holds two trees.  @base is what the store was when it began;
 * @root starts equal and takes the transaction's own changes.  Beside them it
 * notes which nodes it used, and how, and logs its changes.
 *
 * To commit, each noted node is looked up in @base and in the store as it is
 * now.  If all that the transaction relied on is still the same, its changes
 * are replayed onto the store; others' changes elsewhere stay.  If nothing at
 * all happened meanwhile, @root simply becomes the store.  Otherwise the
 * transaction conflicts, and nothing of it is applied.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/account.h"
#include "store/change.h"
#include "store/pathmap.h"
#include "store/tree.h"

/* What a transaction relied on, of one node. */
/* That it exists or not, and its permissions. */
#define TXN_EXISTS 0
/* Its value; read or written. */
#define TXN_VALUE 1
/* The names of its children. */
#define TXN_CHILDREN 2
/* All that is below. */
#define TXN_SUBTREE 4
/* Not a reliance: watches will hear of this node already. */
#define TXN_TOLD 8

struct txn_access;

struct txn {
	/* In the store's list of open ones; what points at this element of it. */
	struct txn *next;
	struct txn **link;
	struct node *base;
	struct node *root;
	struct pathmap accesses;
	struct txn_access *access_list;
	struct change *changes;
	struct change **changes_tail;
	struct tally tally;
	/* Whose memory it is, and how much. */
	uint16_t owner;
	uint32_t bytes;
	/* A request of it failed for want of memory or quota: it cannot commit. */
	bool spoilt;
	/* It gave rights to a domain that died, or conflicted in an earlier process. */
	bool doomed;
};

/*
 * Begins a transaction on a store's root, charged to @owner; NULL if memory is
 * short.
 */
struct txn *txn_new(struct node *root, uint16_t owner);

/* Frees a transaction, committed or not. */
void txn_free(struct txn *txn);

/* Notes a use of a node.  Returns 0 or -ENOMEM. */
int txn_note(struct txn *txn, const char *path, unsigned int how);

/* How many different nodes were noted. */
size_t txn_node_count(const struct txn *txn);

/* Calls @visit for each noted node; stops when it returns non-zero. */
int txn_each_note(const struct txn *txn,
		  int (*visit)(const char *path, unsigned int how, void *arg), void *arg);

/*
 * True if the transaction relies on something that such a change touches, or
 * might; it need not conflict for that.
 */
bool txn_relies_on(const struct txn *txn, const struct change *change);

/* True if it could not commit to the tree at @root as it is. */
bool txn_in_conflict(const struct txn *txn, struct node *root);

/*
 * Applies and appends a change that was logged by the same transaction in an
 * earlier process.  A transaction that does not take it is doomed.  Owns the
 * change.
 */
void txn_restore_change(struct txn *txn, struct change *change, uint64_t generation);

/*
 * What a transaction is charged for a change with a value of @len bytes and a
 * path of @path_len.
 */
size_t txn_change_bytes(size_t len, size_t path_len);

/*
 * Appends a change that was applied to @root; the transaction owns it then.
 * Its note of the node decides whether watches would hear of it twice.
 */
int txn_log(struct txn *txn, struct change *change);

/*
 * Brings the changes into the tree at *root.  Returns 0 with *root replaced
 * and @tally filled with what moved, -EAGAIN on a conflict, or -ENOMEM; on
 * failure *root is as before.  The change list holds, after success, what
 * watches must hear.
 */
int txn_commit(struct txn *txn, struct node **root, uint64_t generation, struct tally *tally);
