/* SPDX-License-Identifier: MIT */
/*
 * What a dead domain leaves: its nodes and rights, taken from the store so
 * that a successor with the same number inherits nothing.
 */
#include "store/forget.h"

#include <errno.h>

#include "protocol/path.h"

struct forgetting {
	uint16_t domid;
	struct change *list;
	struct change **tail;
};

static int collect_rights(const struct node *node, const char *path, void *arg)
{
	struct forgetting *work = arg;
	struct permset *without;
	struct change *change;

	if (!permset_names(node->perms, work->domid))
		return 0;
	if (permset_owner(node->perms) == work->domid && path[1]) {
		change = change_new(CHANGE_REMOVE, path, NULL, NULL, 0);
	} else {
		without = permset_without(node->perms, work->domid);
		if (!without)
			return -ENOMEM;
		change = change_new(CHANGE_PERMS, path, without, NULL, 0);
		permset_put(without);
	}
	if (!change)
		return -ENOMEM;
	*work->tail = change;
	work->tail = &change->next;
	return change->kind == CHANGE_REMOVE ? TREE_SKIP : 0;
}

static int forget_special(struct permset **special, uint16_t domid)
{
	struct permset *without;

	if (!permset_names(*special, domid))
		return 0;
	without = permset_without(*special, domid);
	if (!without)
		return -ENOMEM;
	permset_put(*special);
	*special = without;
	return 0;
}

/* What an open transaction gives it would be its successor's after the commit. */
static void doom_givers(struct store *store, uint16_t domid)
{
	for (struct txn *txn = store->txns; txn; txn = txn->next) {
		for (const struct change *change = txn->changes; change; change = change->next)
			txn->doomed |= change->perms && permset_names(change->perms, domid);
	}
}

int forget_domain(struct store *store, uint16_t domid)
{
	struct forgetting work = { .domid = domid };
	char path[PATH_BUF] = "/";
	int rc;

	account_forget(domid);
	if (!permset_any_names(domid))
		return 0;
	doom_givers(store, domid);
	work.tail = &work.list;
	rc = tree_walk(store->root, path, collect_rights, &work);
	if (!rc)
		rc = forget_special(&store->introduce_perms, domid);
	if (!rc)
		rc = forget_special(&store->release_perms, domid);
	if (rc) {
		change_free(work.list);
		return rc;
	}
	return work.list ? store_apply(store, NULL, work.list) : 0;
}
