/* SPDX-License-Identifier: MIT */
/*
 * Transactions: notes, conflicts, replay.
 */
#include "store/txn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/path.h"

struct txn_access {
	struct pathmap_entry entry;
	struct txn_access *next;
	unsigned int how;
	char path[];
};

/*
 * What a change costs beside itself: the value in the transaction's own tree, and
 * copies of the nodes above it, of which there are about this many.
 */
#define COPIES_OF_A_CHANGE 8

static void charge(struct txn *txn, size_t bytes)
{
	txn->bytes += (uint32_t)bytes;
	account_add(txn->owner, QUOTA_MEMORY, (int64_t)bytes);
}

struct txn *txn_new(struct node *root, uint16_t owner)
{
	struct txn *txn = calloc(1, sizeof(*txn));

	if (!txn)
		return NULL;
	txn->base = tree_ref(root);
	txn->root = tree_ref(root);
	txn->changes_tail = &txn->changes;
	txn->owner = owner;
	charge(txn, sizeof(*txn));
	return txn;
}

void txn_free(struct txn *txn)
{
	while (txn->access_list) {
		struct txn_access *access = txn->access_list;

		txn->access_list = access->next;
		free(access);
	}
	pathmap_clear(&txn->accesses);
	change_free(txn->changes);
	tally_clear(&txn->tally);
	tree_put(txn->root);
	tree_put(txn->base);
	account_add(txn->owner, QUOTA_MEMORY, -(int64_t)txn->bytes);
	free(txn);
}

static struct txn_access *find_access(const struct txn *txn, const char *path)
{
	/* The entry is the first member. */
	return (struct txn_access *)pathmap_find(&txn->accesses, path, strlen(path));
}

int txn_note(struct txn *txn, const char *path, unsigned int how)
{
	struct txn_access *access = find_access(txn, path);
	size_t size = strlen(path) + 1;
	int rc;

	if (access) {
		access->how |= how;
		return 0;
	}
	access = malloc(sizeof(*access) + size);
	if (!access)
		return -ENOMEM;
	memcpy(access->path, path, size);
	access->entry.path = access->path;
	access->how = how;
	rc = pathmap_add(&txn->accesses, &access->entry);
	if (rc) {
		free(access);
		return rc;
	}
	access->next = txn->access_list;
	txn->access_list = access;
	charge(txn, sizeof(*access) + size);
	return 0;
}

size_t txn_node_count(const struct txn *txn)
{
	return txn->accesses.count;
}

int txn_each_note(const struct txn *txn,
		  int (*visit)(const char *path, unsigned int how, void *arg), void *arg)
{
	int rc = 0;

	for (const struct txn_access *access = txn->access_list; access && !rc; access = access->next)
		rc = visit(access->path, access->how, arg);
	return rc;
}

size_t txn_change_bytes(size_t len, size_t path_len)
{
	return sizeof(struct change) + path_len + 1 + 2 * len +
	       COPIES_OF_A_CHANGE * sizeof(struct node);
}

static void append(struct txn *txn, struct change *change)
{
	*txn->changes_tail = change;
	txn->changes_tail = &change->next;
	charge(txn, txn_change_bytes(change->len, strlen(change->path)));
}

void txn_restore_change(struct txn *txn, struct change *change, uint64_t generation)
{
	int rc = change_apply(change, &txn->root, generation, &txn->tally);

	if (rc)
		txn->doomed = true;
	/* Kept even so: a doomed transaction is one that has changes. */
	append(txn, change);
}

int txn_log(struct txn *txn, struct change *change)
{
	struct txn_access *access = find_access(txn, change->path);
	int rc;

	if (change->kind == CHANGE_REMOVE) {
		rc = txn_note(txn, change->path, TXN_SUBTREE | TXN_VALUE);
		if (rc)
			return rc;
	} else if (!change->quiet && access && access->how & TXN_TOLD) {
		change->quiet = true;
	} else if (!change->quiet) {
		rc = txn_note(txn, change->path, TXN_TOLD);
		if (rc)
			return rc;
	}
	append(txn, change);
	return 0;
}

struct reliance {
	const char *path;
	/* How long the path of that node is whose list of children changes; or 0. */
	size_t lister_len;
	/* From this length on nothing existed when the transaction began. */
	size_t existing;
	bool found;
};

static void look_at_note(struct pathmap_entry *entry, void *arg)
{
	const struct txn_access *access = (const struct txn_access *)entry;
	struct reliance *reliance = arg;
	size_t len = strlen(access->path);

	if (!reliance->path[len] || (access->how & TXN_SUBTREE) || len > reliance->existing ||
	    (len == reliance->lister_len && (access->how & TXN_CHILDREN)))
		reliance->found = true;
}

bool txn_relies_on(const struct txn *txn, const struct change *change)
{
	struct reliance reliance = { .path = change->path };
	const char *slash = strrchr(change->path, '/');

	tree_find_nearest(txn->base, change->path, &reliance.existing);
	/* The root, whose path is as long as its slash, is always there. */
	if (!reliance.existing)
		reliance.existing = 1;
	if (change->kind == CHANGE_CREATE)
		reliance.lister_len = reliance.existing;
	else if (change->kind == CHANGE_REMOVE)
		reliance.lister_len = slash == change->path ? 1 : (size_t)(slash - change->path);
	pathmap_visit_upwards(&txn->accesses, change->path, look_at_note, &reliance);
	if (reliance.found || change->kind != CHANGE_REMOVE)
		return reliance.found;
	for (const struct txn_access *access = txn->access_list; access; access = access->next) {
		if (path_is_below(access->path, change->path))
			return true;
	}
	return false;
}

static bool conflicts(const struct txn_access *access, const struct node *then, const struct node *now)
{
	if (then == now)
		return false;
	if (!then || !now)
		return true;
	if (then->perms != now->perms)
		return true;
	if ((access->how & TXN_VALUE) && then->generation != now->generation)
		return true;
	if ((access->how & TXN_CHILDREN) &&
	    node_children_generation(then) != node_children_generation(now))
		return true;
	return (access->how & TXN_SUBTREE) && node_children(then) != node_children(now);
}

static bool any_conflict(const struct txn *txn, struct node *now)
{
	for (const struct txn_access *access = txn->access_list; access; access = access->next) {
		if (conflicts(access, tree_find(txn->base, access->path),
			      tree_find(now, access->path)))
			return true;
	}
	return false;
}

bool txn_in_conflict(const struct txn *txn, struct node *root)
{
	return txn->doomed || (root != txn->base && any_conflict(txn, root));
}

int txn_commit(struct txn *txn, struct node **root, uint64_t generation, struct tally *tally)
{
	struct node *work;
	int rc = 0;

	if (txn->doomed)
		return -EAGAIN;
	if (*root == txn->base) {
		rc = tally_add_all(tally, &txn->tally);
		if (rc)
			return rc;
		work = tree_ref(txn->root);
	} else {
		if (any_conflict(txn, *root))
			return -EAGAIN;
		work = tree_ref(*root);
		for (struct change *change = txn->changes; change && !rc; change = change->next)
			rc = change_apply(change, &work, generation, tally);
		if (rc) {
			tree_put(work);
			return rc == -ENOMEM ? rc : -EAGAIN;
		}
	}
	tree_put(*root);
	*root = work;
	return 0;
}
