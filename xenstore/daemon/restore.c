/* SPDX-License-Identifier: MIT */
/*
 * Going on from a state stream.
 *
 * The stream is read twice: transactions begin from the whole store, wherever
 * in the stream they stand.
 */
#include "daemon/restore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/conn.h"
#include "daemon/dlog.h"
#include "daemon/domains.h"
#include "daemon/features.h"
#include "daemon/ghost.h"
#include "daemon/sock.h"
#include "protocol/path.h"
#include "state/stream.h"

/* Which connection has which identity in the stream. */
struct link {
	uint32_t id;
	/* NULL if it could not be connected any more. */
	struct conn *conn;
	bool connected;
	/* Zeroes if another daemon wrote the stream. */
	struct stream_client client;
};

struct restoring {
	struct store *store;
	bool ghosts;
	int listener;
	struct link *links;
	size_t count;
	size_t capacity;
	/* Too large for the stack. */
	struct stream_node node;
	struct stream_change change;
};

static struct link *find_link(const struct restoring *restoring, uint32_t id)
{
	for (size_t i = restoring->count; i--;) {
		if (restoring->links[i].id == id)
			return &restoring->links[i];
	}
	return NULL;
}

static struct link *add_link(struct restoring *restoring, uint32_t id)
{
	struct link *link;

	if (find_link(restoring, id))
		return NULL;
	if (restoring->count == restoring->capacity) {
		size_t capacity = restoring->capacity ? restoring->capacity * 2 : 64;
		struct link *grown = realloc(restoring->links, capacity * sizeof(*grown));

		if (!grown)
			return NULL;
		restoring->links = grown;
		restoring->capacity = capacity;
	}
	link = &restoring->links[restoring->count++];
	memset(link, 0, sizeof(*link));
	link->id = id;
	return link;
}

static int restore_global(struct restoring *restoring, const struct stream_record *record)
{
	struct stream_global global;
	int rc = stream_get_global(record, &global);

	if (!rc)
		restoring->listener = global.socket;
	return rc;
}

static int restore_store(struct restoring *restoring, const struct stream_record *record)
{
	struct stream_store store;
	int rc = stream_get_store(record, &store);

	if (!rc)
		restoring->store->generation = store.generation + 1;
	return rc;
}

static int restore_limits(const struct stream_record *record)
{
	struct stream_quota quota;
	const char *name;
	uint32_t value;
	int rc = stream_get_quota(record, &quota);

	if (rc)
		return rc;
	while (stream_next_quota(&quota, &name, &value))
		account_set_limit(name, strlen(name), value);
	return 0;
}

static int restore_settings(const struct stream_record *record)
{
	struct stream_quota quota;
	const char *name;
	uint32_t value;
	int rc = stream_get_quota(record, &quota);

	if (rc)
		return rc;
	/* Another daemon may offer more; what is not ours is not kept. */
	features_set(quota.domid, quota.features & features_all());
	while (!rc && stream_next_quota(&quota, &name, &value)) {
		int which = account_quota_find(name, strlen(name));

		if (which >= 0)
			rc = account_limit_one(quota.domid, which, value);
	}
	return rc;
}

/* Adds a node to its owner's account, or takes it off. */
static void charge_node(const struct node *node, bool more)
{
	int64_t bytes = (int64_t)tree_node_bytes(node);
	uint16_t owner = permset_owner(node->perms);

	account_add(owner, QUOTA_NODES, more ? 1 : -1);
	account_add(owner, QUOTA_MEMORY, more ? bytes : -bytes);
}

static int restore_root(struct store *store, struct permset *perms, const struct stream_node *node)
{
	int rc;

	charge_node(store->root, false);
	rc = tree_set_perms(&store->root, "/", perms, store->generation);
	if (!rc && node->value_len)
		rc = tree_set_value(&store->root, "/", node->value, node->value_len,
				    store->generation);
	charge_node(store->root, true);
	return rc;
}

static int restore_in_tree(struct store *store, struct permset *perms, const struct stream_node *node)
{
	char parent[PATH_BUF];
	int rc;

	if (!path_parent(node->path, parent))
		return restore_root(store, perms, node);
	/* Parents come first; no node is without an owner. */
	if (!tree_find(store->root, parent))
		return -EINVAL;
	rc = tree_create(&store->root, node->path, perms, node->value, node->value_len,
			 store->generation);
	if (!rc)
		charge_node(tree_find(store->root, node->path), true);
	return rc;
}

static int restore_node(struct restoring *restoring, const struct stream_record *record)
{
	struct store *store = restoring->store;
	struct stream_node *node = &restoring->node;
	struct permset *perms, **special = NULL;
	int rc = stream_get_node(record, node);

	if (rc || node->connection)
		return rc;
	if (!strcmp(node->path, "@releaseDomain"))
		special = &store->release_perms;
	else if (!strcmp(node->path, "@introduceDomain"))
		special = &store->introduce_perms;
	else if (!path_valid(node->path))
		return -EINVAL;
	perms = permset_get(node->perms, node->perm_count);
	if (!perms)
		return -ENOMEM;
	if (special) {
		permset_put(*special);
		*special = perms;
		return 0;
	}
	rc = restore_in_tree(store, perms, node);
	permset_put(perms);
	return rc;
}

static int restore_domain(struct link *link, const struct stream_connection *connection)
{
	const struct stream_client *client = &link->client;
	struct domain_facts facts = {
		.domid = connection->domid,
		.mfn = client->mfn,
		.remote_port = connection->evtchn,
		.shutdown = client->flags & STREAM_CLIENT_SHUTDOWN,
	};
	int rc = domains_restore(&facts);

	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		/* It ended meanwhile; or it is broken, and on its own. */
		dlog("domain %u: cannot be connected again: %s", facts.domid, strerror(-rc));
		return 0;
	}
	link->conn = &facts.guest->conn;
	if (connection->target != STREAM_NO_TARGET)
		link->conn->id.target = connection->target;
	if (client->flags & STREAM_CLIENT_USED)
		guest_restore(facts.guest, client->req_cons, client->rsp_prod);
	return 0;
}

static int restore_client(struct link *link, const struct stream_connection *connection)
{
	int rc = sock_restore(connection->fd, &link->conn);

	if (rc && rc != -ENOMEM) {
		dlog("a local client cannot be served on: %s", strerror(-rc));
		return 0;
	}
	if (!rc && connection->id > CONN_FIRST_LOCAL)
		conn_set_number(link->conn, connection->id - 1);
	return rc;
}

/* Of a client without a socket only transactions matter. */
static int restore_ghost(struct restoring *restoring, struct link *link)
{
	link->conn = ghost_new(restoring->store, link->id - 1);
	if (link->conn)
		link->conn->last_txn = link->client.last_txn;
	return link->conn ? 0 : -ENOMEM;
}

static int restore_input(struct conn *conn, const struct stream_connection *connection)
{
	size_t room;
	char *at = conn_input_room(conn, &room);

	if (connection->in_len > room)
		return -EINVAL;
	memcpy(at, connection->in, connection->in_len);
	conn->in_len = connection->in_len;
	return 0;
}

/* Queues what was queued: perhaps the rest of a message, then whole ones. */
static int restore_output(struct conn *conn, const struct stream_connection *connection,
			  bool partial_event)
{
	size_t left = connection->out_len, size = connection->partial_len;
	const char *at = connection->out;
	struct xsd_sockmsg hdr;
	int rc = 0;

	if (size)
		rc = conn_restore_output(conn, at, size, partial_event, true);
	at += size;
	left -= size;
	while (left && !rc) {
		if (left < WIRE_HDR)
			return -EINVAL;
		memcpy(&hdr, at, WIRE_HDR);
		if (hdr.len > XENSTORE_PAYLOAD_MAX || WIRE_HDR + hdr.len > left)
			return -EINVAL;
		size = WIRE_HDR + hdr.len;
		rc = conn_restore_output(conn, at, size, hdr.type == XS_WATCH_EVENT, false);
		at += size;
		left -= size;
	}
	return rc;
}

/* Comes before the connection that it belongs to. */
static int restore_client_facts(struct restoring *restoring, const struct stream_record *record)
{
	struct stream_client client;
	struct link *link;
	int rc = stream_get_client(record, &client);

	if (rc)
		return rc;
	link = add_link(restoring, client.connection);
	if (!link)
		return -EINVAL;
	link->client = client;
	return 0;
}

static int restore_connection(struct restoring *restoring, const struct stream_record *record)
{
	struct stream_connection connection;
	struct link *link;
	int rc = stream_get_connection(record, &connection);

	if (rc)
		return rc;
	link = find_link(restoring, connection.id);
	if (!link)
		link = add_link(restoring, connection.id);
	if (!link || link->connected)
		return -EINVAL;
	link->connected = true;
	if (connection.socket && restoring->ghosts)
		return restore_ghost(restoring, link);
	if (connection.socket)
		rc = restore_client(link, &connection);
	else
		rc = restore_domain(link, &connection);
	if (rc || !link->conn)
		return rc;
	link->conn->last_txn = link->client.last_txn;
	rc = restore_input(link->conn, &connection);
	if (!rc)
		rc = restore_output(link->conn, &connection,
				    link->client.flags & STREAM_CLIENT_PARTIAL_EVENT);
	if (!rc && (link->client.flags & STREAM_CLIENT_DEAD))
		conn_kill(link->conn, link->client.error);
	return rc;
}

static int restore_watch(struct restoring *restoring, const struct stream_record *record)
{
	char path[PATH_BUF];
	struct stream_watch watch;
	struct link *link;
	size_t skip = 0;
	int rc = stream_get_watch(record, &watch);

	if (rc)
		return rc;
	link = find_link(restoring, watch.connection);
	if (!link)
		return -EINVAL;
	if (!link->conn)
		return 0;
	if (path_special(watch.path)) {
		if (strlen(watch.path) >= sizeof(path))
			return -EINVAL;
		strcpy(path, watch.path);
	} else {
		if (watch.path[0] != '/')
			skip = strlen(link->conn->home) + 1;
		rc = path_canonical(watch.path, link->conn->home, path);
	}
	if (!rc)
		rc = watch_add_depth(&restoring->store->watches, &link->conn->watcher, path, skip,
				     watch.depth, watch.token);
	return rc;
}

static int restore_record(struct restoring *restoring, const struct stream_record *record)
{
	switch (record->type) {
	case STREAM_GLOBAL: return restore_global(restoring, record);
	case STREAM_STORE: return restore_store(restoring, record);
	case STREAM_QUOTA: return restore_limits(record);
	case STREAM_DOMAIN: return restore_settings(record);
	case STREAM_NODE: return restore_node(restoring, record);
	case STREAM_CONNECTION: return restore_connection(restoring, record);
	case STREAM_CLIENT: return restore_client_facts(restoring, record);
	case STREAM_WATCH:
	case STREAM_WATCH_EXT: return restore_watch(restoring, record);
	default: return 0;
	}
}

/* The transaction of a record; -ESTALE if its connection is no more. */
static int find_txn(struct restoring *restoring, uint32_t id, uint32_t number, struct txn **out)
{
	struct link *link = find_link(restoring, id);

	if (!link)
		return -EINVAL;
	if (!link->conn)
		return -ESTALE;
	*out = conn_txn_find(link->conn, number);
	return *out ? 0 : -EINVAL;
}

static int restore_txn(struct restoring *restoring, const struct stream_record *record)
{
	struct stream_transaction transaction;
	struct link *link;
	struct txn *txn;
	int rc = stream_get_transaction(record, &transaction);

	if (rc)
		return rc;
	link = find_link(restoring, transaction.connection);
	if (!link)
		return -EINVAL;
	if (!link->conn)
		return 0;
	rc = conn_restore_txn(link->conn, transaction.number, &txn);
	if (!rc)
		txn->doomed = transaction.doomed;
	return rc;
}

static int restore_note(struct restoring *restoring, const struct stream_record *record)
{
	struct stream_node *node = &restoring->node;
	struct txn *txn;
	int rc = stream_get_node(record, node);

	if (rc || !node->connection)
		return rc;
	rc = find_txn(restoring, node->connection, node->number, &txn);
	if (!rc && !path_valid(node->path))
		rc = -EINVAL;
	return rc ? rc : txn_note(txn, node->path, node->access >> STREAM_ACCESS_SHIFT);
}

static int restore_change(struct restoring *restoring, const struct stream_record *record)
{
	struct stream_change *from = &restoring->change;
	struct permset *perms = NULL;
	struct change *change;
	struct txn *txn;
	int rc = stream_get_change(record, from);

	if (!rc)
		rc = find_txn(restoring, from->connection, from->number, &txn);
	if (rc)
		return rc;
	if (from->kind > CHANGE_REMOVE || !path_valid(from->path))
		return -EINVAL;
	if (from->kind == CHANGE_CREATE || from->kind == CHANGE_PERMS) {
		if (!from->perm_count)
			return -EINVAL;
		perms = permset_get(from->perms, from->perm_count);
		if (!perms)
			return -ENOMEM;
	}
	change = change_new(from->kind, from->path, perms, from->value, from->value_len);
	if (perms)
		permset_put(perms);
	if (!change)
		return -ENOMEM;
	change->quiet = from->quiet;
	txn_restore_change(txn, change, ++restoring->store->generation);
	return 0;
}

static int restore_txn_record(struct restoring *restoring, const struct stream_record *record)
{
	int rc;

	switch (record->type) {
	case STREAM_TRANSACTION: return restore_txn(restoring, record);
	case STREAM_NODE: rc = restore_note(restoring, record); break;
	case STREAM_CHANGE: rc = restore_change(restoring, record); break;
	default: return 0;
	}
	/* The transaction went with its domain. */
	return rc == -ESTALE ? 0 : rc;
}

static int each_record(struct restoring *restoring, const void *data, size_t len,
		       int (*restore)(struct restoring *restoring, const struct stream_record *record))
{
	struct stream_reader reader;
	struct stream_record record;
	int rc = stream_open(&reader, data, len);

	if (rc)
		return rc;
	while ((rc = stream_next(&reader, &record)) > 0) {
		rc = restore(restoring, &record);
		if (rc) {
			dlog("the state holds a record of type %#x that cannot be used: %s",
			     record.type, strerror(-rc));
			return rc;
		}
	}
	return rc;
}

int restore_state(struct store *store, const void *data, size_t len, int *listener, bool ghosts)
{
	static struct restoring restoring;
	/* What was allowed once is there, whatever the limits are now. */
	bool enforced = account_enforce(false);
	int rc;

	memset(&restoring, 0, sizeof(restoring));
	restoring.store = store;
	restoring.ghosts = ghosts;
	restoring.listener = -1;
	rc = each_record(&restoring, data, len, restore_record);
	if (!rc)
		rc = each_record(&restoring, data, len, restore_txn_record);
	account_enforce(enforced);
	*listener = restoring.listener;
	free(restoring.links);
	return rc;
}
