/* SPDX-License-Identifier: MIT */
/*
 * The daemon's whole state, as a state stream.
 */
#include "daemon/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/conn.h"
#include "daemon/domains.h"
#include "daemon/features.h"
#include "daemon/sock.h"
#include "protocol/path.h"

/* A bit for each domain id. */
#define DOMID_BITS ((UINT16_MAX + 1) / 8)

_Static_assert(STREAM_DEPTH_ANY == WATCH_DEPTH_ANY, "a watch without a depth");

struct saving {
	struct stream_writer writer;
	struct store *store;
	/* The connection and transaction whose parts are written. */
	struct conn *conn;
	uint32_t number;
	struct txn *txn;
	/* Too large for the stack. */
	struct stream_node node;
	struct stream_change change;
};

/* The identity of a connection in the stream; never 0. */
static uint32_t connection_id(const struct conn *conn)
{
	return conn->number + 1;
}

static void put_limits(struct saving *saving)
{
	const char *names[QUOTA_COUNT];
	uint32_t values[QUOTA_COUNT];

	for (int i = 0; i < QUOTA_COUNT; i++) {
		names[i] = account_quota_name(i);
		values[i] = account_limit(i);
	}
	stream_put_quota(&saving->writer, values, names, QUOTA_COUNT);
}

/* What one domain has of its own. */
static void put_settings(uint16_t domid, struct stream_writer *writer)
{
	const char *names[QUOTA_COUNT];
	uint32_t values[QUOTA_COUNT];
	uint16_t count = 0;

	for (int i = 0; i < QUOTA_COUNT; i++) {
		if (!account_has_own_limit(domid, i))
			continue;
		names[count] = account_quota_name(i);
		values[count++] = account_limit_of(domid, i);
	}
	stream_put_domain(writer, domid, features_of(domid), values, names, count);
}

static void put_all_settings(struct saving *saving)
{
	uint8_t *domids = calloc(1, DOMID_BITS);

	if (!domids) {
		saving->writer.error = -ENOMEM;
		return;
	}
	account_collect_domids(domids);
	features_collect_domids(domids);
	for (size_t i = 0; i <= UINT16_MAX; i++) {
		if (domids[i / 8] & 1u << i % 8)
			put_settings((uint16_t)i, &saving->writer);
	}
	free(domids);
}

static void put_perms(struct saving *saving, const char *path, const struct permset *perms)
{
	struct stream_node *node = &saving->node;

	node->path = path;
	node->perm_count = 0;
	if (!perms)
		return;
	node->perm_count = (uint16_t)perms->count;
	if (perms->count > STREAM_PERMS_MAX)
		node->perm_count = STREAM_PERMS_MAX;
	memcpy(node->perms, perms->perms, node->perm_count * sizeof(*node->perms));
}

static void put_node(struct saving *saving, const char *path, const struct node *from)
{
	struct stream_node *node = &saving->node;

	put_perms(saving, path, from ? from->perms : NULL);
	node->value = from ? node_value(from) : "";
	node->value_len = from ? from->value_len : 0;
	stream_put_node(&saving->writer, node);
}

static int visit_node(const struct node *node, const char *path, void *arg)
{
	struct saving *saving = arg;

	put_node(saving, path, node);
	return saving->writer.error;
}

static void put_special(struct saving *saving, const char *name, const struct permset *perms)
{
	saving->node.value = "";
	saving->node.value_len = 0;
	put_perms(saving, name, perms);
	stream_put_node(&saving->writer, &saving->node);
}

static void put_tree(struct saving *saving)
{
	char path[PATH_BUF] = "/";

	memset(&saving->node, 0, sizeof(saving->node));
	put_special(saving, "@releaseDomain", saving->store->release_perms);
	put_special(saving, "@introduceDomain", saving->store->introduce_perms);
	tree_walk(saving->store->root, path, visit_node, saving);
}

static int add_len(const void *data, size_t len, void *arg)
{
	uint32_t *total = arg;

	(void)data;
	*total += (uint32_t)len;
	return 0;
}

static int put_output(const void *data, size_t len, void *arg)
{
	struct stream_writer *writer = arg;

	stream_put_bytes(writer, data, len);
	return writer->error;
}

/* Completes and writes what is alike for all connections. */
static void put_connection(struct saving *saving, struct conn *conn,
			   struct stream_connection *connection, struct stream_client *client)
{
	bool partial_event;

	connection->id = connection_id(conn);
	connection->partial_len = (uint16_t)conn_partial(conn, &partial_event);
	client->connection = connection->id;
	client->last_txn = conn->last_txn;
	client->error = conn->error;
	if (conn->dead)
		client->flags |= STREAM_CLIENT_DEAD;
	if (partial_event)
		client->flags |= STREAM_CLIENT_PARTIAL_EVENT;
	stream_put_client(&saving->writer, client);
	connection->in = conn->in;
	connection->in_len = (uint16_t)conn->in_len;
	conn_each_output(conn, add_len, &connection->out_len);
	stream_put_connection(&saving->writer, connection);
	conn_each_output(conn, put_output, &saving->writer);
}

static int put_domain(const struct domain_facts *facts, void *arg)
{
	struct saving *saving = arg;
	struct guest *guest = facts->guest;
	struct stream_connection connection = {
		.domid = facts->domid,
		.target = STREAM_NO_TARGET,
		.evtchn = facts->remote_port,
	};
	struct stream_client client = { .mfn = facts->mfn };

	if (guest->conn.id.target != ACCESS_NO_TARGET)
		connection.target = (uint16_t)guest->conn.id.target;
	if (facts->shutdown)
		client.flags |= STREAM_CLIENT_SHUTDOWN;
	if (guest->used)
		client.flags |= STREAM_CLIENT_USED;
	guest_indices(guest, &client.req_cons, &client.rsp_prod);
	put_connection(saving, &guest->conn, &connection, &client);
	return saving->writer.error;
}

static int put_client(struct conn *conn, int fd, void *arg)
{
	struct saving *saving = arg;
	struct stream_connection connection = { .socket = true, .fd = fd };
	struct stream_client client = { 0 };

	put_connection(saving, conn, &connection, &client);
	return saving->writer.error;
}

static int put_watch(const struct watch_view *view, void *arg)
{
	struct saving *saving = arg;
	struct stream_watch watch = {
		.connection = connection_id(saving->conn),
		/* Both have the same number for none. */
		.depth = view->depth,
		.path = view->path + view->skip,
		.token = view->token,
	};

	stream_put_watch(&saving->writer, &watch);
	return saving->writer.error;
}

static int put_note(const char *path, unsigned int how, void *arg)
{
	struct saving *saving = arg;
	struct stream_node *node = &saving->node;
	unsigned int written = TXN_TOLD | TXN_SUBTREE;

	node->connection = connection_id(saving->conn);
	node->number = saving->number;
	node->access = (uint16_t)(STREAM_ACCESS_READ | (how & written ? STREAM_ACCESS_WRITTEN : 0) |
				  how << STREAM_ACCESS_SHIFT);
	put_node(saving, path, tree_find(saving->txn->root, path));
	return saving->writer.error;
}

static void put_change(struct saving *saving, const struct change *from)
{
	struct stream_change *change = &saving->change;

	change->connection = connection_id(saving->conn);
	change->number = saving->number;
	change->kind = (uint16_t)from->kind;
	change->quiet = from->quiet;
	change->path = from->path;
	change->value = from->data;
	change->value_len = (uint16_t)from->len;
	change->perm_count = 0;
	if (from->perms) {
		change->perm_count = (uint16_t)from->perms->count;
		memcpy(change->perms, from->perms->perms,
		       change->perm_count * sizeof(*change->perms));
	}
	stream_put_change(&saving->writer, change);
}

static int put_txn(uint32_t number, struct txn *txn, void *arg)
{
	struct saving *saving = arg;
	struct stream_transaction transaction = {
		.connection = connection_id(saving->conn),
		.number = number,
		.doomed = txn->spoilt || txn_in_conflict(txn, saving->store->root),
	};

	stream_put_transaction(&saving->writer, &transaction);
	saving->number = number;
	saving->txn = txn;
	txn_each_note(txn, put_note, saving);
	for (const struct change *change = txn->changes; change; change = change->next)
		put_change(saving, change);
	return saving->writer.error;
}

/* What belongs to a connection, once the connection itself is written. */
static int put_belongings(struct saving *saving, struct conn *conn)
{
	saving->conn = conn;
	watch_each(&conn->watcher, put_watch, saving);
	conn_each_txn(conn, put_txn, saving);
	return saving->writer.error;
}

static int put_domain_belongings(const struct domain_facts *facts, void *arg)
{
	return put_belongings(arg, &facts->guest->conn);
}

static int put_client_belongings(struct conn *conn, int fd, void *arg)
{
	(void)fd;
	return put_belongings(arg, conn);
}

int save_state(struct store *store, stream_sink *sink, void *arg)
{
	static struct saving saving;
	struct stream_global global = { .socket = sock_listener(), .evtchn = -1 };
	struct stream_store facts = { .generation = store->generation };

	saving.store = store;
	stream_begin(&saving.writer, sink, arg);
	stream_put_global(&saving.writer, &global);
	stream_put_store(&saving.writer, &facts);
	put_limits(&saving);
	put_all_settings(&saving);
	put_tree(&saving);
	domains_each(put_domain, &saving);
	sock_each(put_client, &saving);
	domains_each(put_domain_belongings, &saving);
	sock_each(put_client_belongings, &saving);
	return stream_finish(&saving.writer);
}
