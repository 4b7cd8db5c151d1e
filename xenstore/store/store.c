/* SPDX-License-Identifier: MIT */
/*
 * The store as clients see it.
 */
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/path.h"

#define INTRODUCE "@introduceDomain"
#define RELEASE	  "@releaseDomain"

int store_init(struct store *store)
{
	static const struct perm nobody = { 0, PERM_NONE };
	struct permset *perms = permset_get(&nobody, 1);

	memset(store, 0, sizeof(*store));
	if (!perms)
		return -ENOMEM;
	store->root = tree_new(perms);
	if (!store->root) {
		permset_put(perms);
		return -ENOMEM;
	}
	account_add(0, QUOTA_NODES, 1);
	account_add(0, QUOTA_MEMORY, (int64_t)tree_node_bytes(store->root));
	store->introduce_perms = permset_ref(perms);
	store->release_perms = perms;
	return 0;
}

static int take_back(const struct node *node, const char *path, void *arg)
{
	(void)path;
	(void)arg;
	account_add(permset_owner(node->perms), QUOTA_NODES, -1);
	account_add(permset_owner(node->perms), QUOTA_MEMORY, -(int64_t)tree_node_bytes(node));
	return 0;
}

void store_clear(struct store *store)
{
	char path[PATH_BUF] = "/";

	tree_walk(store->root, path, take_back, NULL);
	tree_put(store->root);
	permset_put(store->introduce_perms);
	permset_put(store->release_perms);
	pathmap_clear(&store->watches.by_path);
}

/*
 * A transaction that lacks what a quota refused it never commits: its client
 * may not have looked at every answer.
 */
static int refused(struct txn *txn, int rc)
{
	if (txn)
		txn->spoilt = true;
	return rc;
}

/* Notes what a transaction relies on, within its owner's quota. */
static int note(struct txn *txn, const struct access_id *id, const char *path, unsigned int how)
{
	int rc;

	if (!txn)
		return 0;
	rc = txn_note(txn, path, how);
	if (rc || id->privileged)
		return rc;
	if (!account_allows(id->domid, QUOTA_TRANSACTION_NODES, txn_node_count(txn)))
		return refused(txn, -ENOSPC);
	if (!account_allows_more(id->domid, QUOTA_MEMORY, 0))
		return refused(txn, -ENOMEM);
	return 0;
}

/*
 * Looks a node up for someone who needs all rights in @need.  Whether a
 * missing node is -ENOENT or -EACCES is up to its nearest ancestor: nobody
 * learns what exists below a node that is closed to him.  *out is the node or
 * that ancestor.
 */
static int look_up(struct store *store, struct txn *txn, const struct access_id *id,
		   const char *path, unsigned int need, unsigned int how, struct node **out)
{
	struct node *root = txn ? txn->root : store->root;
	unsigned int rights;
	size_t existing;
	int rc;

	*out = tree_find_nearest(root, path, &existing);
	rc = note(txn, id, path, how);
	if (rc)
		return rc;
	rights = access_rights(id, (*out)->perms);
	if (!path[existing])
		return (rights & need) == need ? 0 : -EACCES;
	return (rights & need) ? -ENOENT : -EACCES;
}

static int apply_to_txn(struct txn *txn, struct change *list, uint64_t generation)
{
	while (list) {
		struct change *change = list;
		int rc = change_apply(change, &txn->root, generation, &txn->tally);

		list = change->next;
		change->next = NULL;
		if (!rc)
			rc = txn_log(txn, change);
		if (rc) {
			/* Some of the list may be in; none must ever count. */
			txn->spoilt = true;
			change_free(change);
			change_free(list);
			return rc;
		}
	}
	return 0;
}

static void fire_list(struct store *store, const struct change *list)
{
	for (; list; list = list->next) {
		watch_fire(&store->watches, list);
		if (store->changed)
			store->changed(list);
	}
}

static int apply_to_store(struct store *store, struct change *list, uint64_t generation)
{
	struct tally tally = { 0 };
	struct node **root = &store->root;
	struct node *work = NULL;
	int rc = 0;

	/* One change is atomic by itself; several need a copy to fall back. */
	if (list && list->next) {
		work = tree_ref(store->root);
		root = &work;
	}
	for (struct change *change = list; change && !rc; change = change->next)
		rc = change_apply(change, root, generation, &tally);
	if (!rc) {
		if (work) {
			tree_put(store->root);
			store->root = work;
		}
		tally_apply(&tally);
		fire_list(store, list);
	} else if (work) {
		tree_put(work);
	}
	tally_clear(&tally);
	change_free(list);
	return rc;
}

int store_apply(struct store *store, struct txn *txn, struct change *list)
{
	uint64_t generation = ++store->generation;

	if (txn)
		return apply_to_txn(txn, list, generation);
	return apply_to_store(store, list, generation);
}

static int apply_one(struct store *store, struct txn *txn, enum change_kind kind, const char *path,
		     struct permset *perms, const void *data, size_t len)
{
	struct change *change = change_new(kind, path, perms, data, len);

	return change ? store_apply(store, txn, change) : -ENOMEM;
}

/* True if @id may own @more nodes than now, counting the transaction's. */
static bool nodes_allowed(const struct txn *txn, const struct access_id *id, uint32_t more)
{
	int64_t used = account_of(id->domid)->used[QUOTA_NODES];

	if (id->privileged)
		return true;
	if (txn)
		used += tally_of(&txn->tally, id->domid);
	return account_allows(id->domid, QUOTA_NODES, (uint64_t)(used > 0 ? used : 0) + more);
}

static bool size_allowed(const struct access_id *id, size_t len, size_t perm_count)
{
	return id->privileged ||
	       account_allows(id->domid, QUOTA_NODE_SIZE, len + perm_count * sizeof(struct perm));
}

/*
 * True if @owner, whose node it is or will be, may have @more bytes than now.
 * What a transaction holds is charged to @id in any case.
 */
static bool memory_allowed(const struct txn *txn, const struct access_id *id, uint16_t owner,
			   const char *path, size_t len, int64_t more)
{
	uint64_t grown = more > 0 ? (uint64_t)more : 0;
	uint64_t own = txn ? txn_change_bytes(len, strlen(path)) : 0;

	if (id->privileged)
		return true;
	if (owner == id->domid) {
		own += grown;
		grown = 0;
	}
	/* Who takes no more than he has is not refused, however much that is. */
	if (own && !account_allows_more(id->domid, QUOTA_MEMORY, own))
		return false;
	return !owner || !grown || account_allows_more(owner, QUOTA_MEMORY, grown);
}

/*
 * The list for nodes that @id makes below a parent: the parent's, but an
 * unprivileged maker is the owner.
 */
static struct permset *inherit(const struct access_id *id, struct permset *parent)
{
	struct permset *set;
	struct perm *perms;

	if (id->privileged ||
	    (permset_owner(parent) == id->domid && !(parent->perms[0].access & PERM_IGNORE)))
		return permset_ref(parent);
	perms = malloc(parent->count * sizeof(*perms));
	if (!perms)
		return NULL;
	memcpy(perms, parent->perms, parent->count * sizeof(*perms));
	perms[0].domid = id->domid;
	perms[0].access &= PERM_BOTH;
	set = permset_get(perms, parent->count);
	free(perms);
	return set;
}

/*
 * Notes that the nearest ancestor exists and what comes below it does not; with
 * that, nothing further below can exist either.
 */
static int note_ancestors(struct txn *txn, const struct access_id *id, const char *path,
			  size_t existing)
{
	const char *at = path + existing;
	char part[PATH_BUF];
	size_t n;
	int rc;

	if (!txn)
		return 0;
	memcpy(part, path, existing);
	strcpy(part + existing, existing ? "" : "/");
	rc = note(txn, id, part, TXN_EXISTS);
	if (rc)
		return rc;
	n = path_component(&at);
	at += n;
	memcpy(part, path, (size_t)(at - path));
	part[at - path] = '\0';
	return note(txn, id, part, TXN_EXISTS);
}

/* Makes a node that is missing, and what is missing above it. */
static int create(struct store *store, struct txn *txn, const struct access_id *id,
		  const char *path, const void *data, size_t len)
{
	struct node *root = txn ? txn->root : store->root;
	size_t existing;
	const struct node *nearest = tree_find_nearest(root, path, &existing);
	struct permset *perms;
	int rc = note_ancestors(txn, id, path, existing);

	if (rc)
		return rc;
	if (!nodes_allowed(txn, id, (uint32_t)path_depth(path + existing)))
		return -ENOSPC;
	if (!size_allowed(id, len, nearest->perms->count))
		return refused(txn, -ENOSPC);
	if (!memory_allowed(txn, id, id->domid, path, len,
			    (int64_t)change_creation_bytes(path + existing, len)))
		return refused(txn, -EIO);
	perms = inherit(id, nearest->perms);
	if (!perms)
		return -ENOMEM;
	rc = apply_one(store, txn, CHANGE_CREATE, path, perms, data, len);
	permset_put(perms);
	return rc;
}

int store_read(struct store *store, struct txn *txn, const struct access_id *id, const char *path,
	       const struct node **out)
{
	struct node *node;
	int rc = look_up(store, txn, id, path, PERM_READ, TXN_VALUE, &node);

	*out = node;
	return rc;
}

int store_directory(struct store *store, struct txn *txn, const struct access_id *id,
		    const char *path, struct node **out)
{
	return look_up(store, txn, id, path, PERM_READ, TXN_CHILDREN, out);
}

static struct permset **special_perms(struct store *store, const char *path)
{
	if (!strcmp(path, INTRODUCE))
		return &store->introduce_perms;
	if (!strcmp(path, RELEASE))
		return &store->release_perms;
	return NULL;
}

int store_get_perms(struct store *store, struct txn *txn, const struct access_id *id,
		    const char *path, const struct permset **out)
{
	struct node *node;
	int rc = look_up(store, txn, id, path, PERM_READ, TXN_EXISTS, &node);

	if (!rc)
		*out = node->perms;
	return rc;
}

int store_write(struct store *store, struct txn *txn, const struct access_id *id, const char *path,
		const void *data, size_t len)
{
	struct node *node;
	int rc = look_up(store, txn, id, path, PERM_WRITE, TXN_VALUE, &node);

	if (rc == -ENOENT)
		return create(store, txn, id, path, data, len);
	if (rc)
		return rc;
	if (!size_allowed(id, len, node->perms->count))
		return refused(txn, -ENOSPC);
	if (!memory_allowed(txn, id, permset_owner(node->perms), path, len,
			    (int64_t)tree_bytes(node->name_len, len) - (int64_t)tree_node_bytes(node)))
		return refused(txn, -EIO);
	return apply_one(store, txn, CHANGE_VALUE, path, NULL, data, len);
}

int store_mkdir(struct store *store, struct txn *txn, const struct access_id *id, const char *path)
{
	struct node *node;
	int rc = look_up(store, txn, id, path, PERM_WRITE, TXN_EXISTS, &node);

	if (rc == -ENOENT)
		return create(store, txn, id, path, NULL, 0);
	return rc;
}

int store_rm(struct store *store, struct txn *txn, const struct access_id *id, const char *path)
{
	struct node *root = txn ? txn->root : store->root;
	char parent[PATH_BUF];
	struct node *node;
	int rc = look_up(store, txn, id, path, PERM_WRITE, TXN_EXISTS, &node);

	if (rc == -ENOENT) {
		/* Removing what is not there is fine below a real parent. */
		if (path_parent(path, parent) && tree_find(root, parent))
			return 0;
		return rc;
	}
	if (rc)
		return rc;
	if (!path[1])
		return -EINVAL;
	return apply_one(store, txn, CHANGE_REMOVE, path, NULL, NULL, 0);
}

/* The set for a client's list; rights of domains that are not are void. */
static struct permset *make_permset(const struct store *store, const struct perm *perms, size_t count)
{
	struct perm *copy = malloc(count * sizeof(*copy));
	struct permset *set;

	if (!copy)
		return NULL;
	memcpy(copy, perms, count * sizeof(*copy));
	for (size_t i = 0; i < count; i++) {
		if (store->domain_exists && !store->domain_exists(copy[i].domid))
			copy[i].access |= PERM_IGNORE;
	}
	set = permset_get(copy, count);
	free(copy);
	return set;
}

static int set_node_perms(struct store *store, struct txn *txn, const struct access_id *id,
			  const char *path, struct permset *set)
{
	struct node *node;
	int rc = look_up(store, txn, id, path, PERM_WRITE | PERM_OWNER, TXN_VALUE, &node);

	if (rc)
		return rc;
	if (!id->privileged && permset_owner(set) != permset_owner(node->perms))
		return -EPERM;
	if (!size_allowed(id, node->value_len, set->count))
		return refused(txn, -ENOSPC);
	if (!memory_allowed(txn, id, id->domid, path, 0, 0))
		return refused(txn, -EIO);
	return apply_one(store, txn, CHANGE_PERMS, path, set, NULL, 0);
}

int store_set_perms(struct store *store, struct txn *txn, const struct access_id *id,
		    const char *path, const struct perm *perms, size_t count)
{
	struct permset *set;
	int rc = 0;

	if (!id->privileged && !account_allows(id->domid, QUOTA_PERMISSIONS, count))
		return -ENOSPC;
	set = make_permset(store, perms, count);
	if (!set)
		return -ENOMEM;
	if (path_special(path)) {
		struct permset **special = special_perms(store, path);

		if (!id->privileged) {
			rc = -EACCES;
		} else if (!special) {
			rc = -EINVAL;
		} else {
			permset_put(*special);
			*special = permset_ref(set);
		}
	} else {
		rc = set_node_perms(store, txn, id, path, set);
	}
	permset_put(set);
	return rc;
}

int store_txn_start(struct store *store, const struct access_id *id, struct txn **out)
{
	const struct account *account = account_of(id->domid);

	if (!id->privileged &&
	    !account_allows(id->domid, QUOTA_TRANSACTIONS, account->used[QUOTA_TRANSACTIONS] + 1u))
		return -ENOSPC;
	*out = txn_new(store->root, id->domid);
	if (!*out)
		return -ENOMEM;
	(*out)->next = store->txns;
	(*out)->link = &store->txns;
	if (store->txns)
		store->txns->link = &(*out)->next;
	store->txns = *out;
	account_add(id->domid, QUOTA_TRANSACTIONS, 1);
	return 0;
}

/*
 * A quota may have been used up by others' hands since the transaction's own
 * operations were allowed.
 */
static bool commit_allowed(const struct txn *txn, const struct access_id *id)
{
	return tally_of(&txn->tally, id->domid) <= 0 || nodes_allowed(txn, id, 0);
}

/* Nobody hears of nodes that came and went within the transaction. */
static void fire_committed(struct store *store, const struct txn *txn)
{
	for (const struct change *change = txn->changes; change; change = change->next) {
		if (tree_find(txn->base, change->path) || tree_find(txn->root, change->path))
			watch_fire(&store->watches, change);
		if (store->changed)
			store->changed(change);
	}
}

int store_txn_end(struct store *store, const struct access_id *id, struct txn *txn, bool commit)
{
	struct tally tally = { 0 };
	int rc = 0;

	account_add(id->domid, QUOTA_TRANSACTIONS, -1);
	*txn->link = txn->next;
	if (txn->next)
		txn->next->link = txn->link;
	if (commit && (txn->changes || txn->spoilt)) {
		if (txn->spoilt)
			rc = -ENOMEM;
		else if (!commit_allowed(txn, id))
			rc = -ENOSPC;
		else
			rc = txn_commit(txn, &store->root, ++store->generation, &tally);
		if (!rc) {
			tally_apply(&tally);
			fire_committed(store, txn);
		}
		tally_clear(&tally);
	}
	txn_free(txn);
	return rc;
}

void store_fire_introduce(struct store *store, uint16_t domid)
{
	watch_fire_special_domain(&store->watches, INTRODUCE, domid, store->introduce_perms);
	watch_fire_special(&store->watches, INTRODUCE, store->introduce_perms);
}

void store_fire_release_of(struct store *store, uint16_t domid)
{
	watch_fire_special_domain(&store->watches, RELEASE, domid, store->release_perms);
}

void store_fire_release(struct store *store)
{
	watch_fire_special(&store->watches, RELEASE, store->release_perms);
}

static int recount(const struct node *node, const char *path, void *arg)
{
	(void)path;
	return tally_add(arg, permset_owner(node->perms), 1, (int64_t)tree_node_bytes(node));
}

long store_check(const struct store *store)
{
	struct tally tally = { 0 };
	char path[PATH_BUF] = "/";
	long nodes = tree_check(store->root);
	int rc;

	if (nodes < 0)
		return nodes;
	rc = tree_walk(store->root, path, recount, &tally);
	for (size_t i = 0; i < tally.count && !rc; i++) {
		const struct tally_item *item = &tally_items(&tally)[i];
		const struct account *account = account_of(item->domid);

		/* Memory is of other things as well. */
		if (account->used[QUOTA_NODES] != (uint32_t)item->nodes ||
		    account->used[QUOTA_MEMORY] < item->bytes)
			rc = -EUCLEAN;
	}
	tally_clear(&tally);
	return rc ? rc : nodes;
}
