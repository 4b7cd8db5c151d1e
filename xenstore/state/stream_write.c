/* SPDX-License-Identifier: MIT */
/*
 * The state stream: writing.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "state/stream_layout.h"
#include "state/stream.h"

#define VERSION 2

static void drain(struct stream_writer *writer)
{
	if (!writer->error && writer->used)
		writer->error = writer->sink(writer->arg, writer->buffer, writer->used);
	writer->used = 0;
}

static void put(struct stream_writer *writer, const void *data, size_t len)
{
	const char *from = data;

	while (len) {
		size_t room = sizeof(writer->buffer) - writer->used;
		size_t part = len < room ? len : room;

		memcpy(writer->buffer + writer->used, from, part);
		writer->used += part;
		from += part;
		len -= part;
		if (writer->used == sizeof(writer->buffer))
			drain(writer);
	}
}

void stream_put_bytes(struct stream_writer *writer, const void *data, size_t len)
{
	static const char zeroes[STREAM_ALIGN];

	if (!len)
		return;
	if (len > writer->missing) {
		/* The caller's lengths contradict each other. */
		writer->error = -EINVAL;
		return;
	}
	put(writer, data, len);
	writer->missing -= len;
	if (!writer->missing)
		put(writer, zeroes, writer->padding);
}

static void begin_record(struct stream_writer *writer, uint32_t type, size_t len)
{
	struct layout_record record = { .type = type, .len = (uint32_t)len };

	if (writer->missing || len > UINT32_MAX) {
		writer->error = -EINVAL;
		return;
	}
	put(writer, &record, sizeof(record));
	writer->missing = len;
	writer->padding = -len % STREAM_ALIGN;
}

void stream_begin(struct stream_writer *writer, stream_sink *sink, void *arg)
{
	struct layout_header header = { .version = htobe32(VERSION) };

	memcpy(header.ident, STREAM_IDENT, sizeof(header.ident));
	writer->sink = sink;
	writer->arg = arg;
	writer->error = 0;
	writer->missing = 0;
	writer->used = 0;
	put(writer, &header, sizeof(header));
}

int stream_finish(struct stream_writer *writer)
{
	begin_record(writer, STREAM_END, 0);
	drain(writer);
	return writer->error;
}

void stream_put_global(struct stream_writer *writer, const struct stream_global *global)
{
	struct layout_global layout = { global->socket, global->evtchn };

	begin_record(writer, STREAM_GLOBAL, sizeof(layout));
	stream_put_bytes(writer, &layout, sizeof(layout));
}

void stream_put_connection(struct stream_writer *writer, const struct stream_connection *connection)
{
	struct layout_connection layout = {
		.id = connection->id,
		.type = connection->socket ? LAYOUT_SOCKET : LAYOUT_RING,
		.flags = connection->read_only ? LAYOUT_READ_ONLY : 0,
		.in_len = connection->in_len,
		.partial_len = connection->partial_len,
		.out_len = connection->out_len,
	};

	if (connection->socket) {
		layout.socket.fd = connection->fd;
	} else {
		layout.ring.domid = connection->domid;
		layout.ring.target = connection->target;
		layout.ring.evtchn = connection->evtchn;
	}
	begin_record(writer, STREAM_CONNECTION,
		     sizeof(layout) + connection->in_len + (size_t)connection->out_len);
	stream_put_bytes(writer, &layout, sizeof(layout));
	stream_put_bytes(writer, connection->in, connection->in_len);
}

void stream_put_watch(struct stream_writer *writer, const struct stream_watch *watch)
{
	size_t path_len = strlen(watch->path) + 1, token_len = strlen(watch->token) + 1;
	struct layout_watch layout = {
		.connection = watch->connection,
		.path_len = (uint16_t)path_len,
		.token_len = (uint16_t)token_len,
	};
	struct layout_depth depth = { .depth = watch->depth };
	bool extended = watch->depth != STREAM_DEPTH_ANY;

	if (path_len > UINT16_MAX || token_len > UINT16_MAX) {
		writer->error = -E2BIG;
		return;
	}
	begin_record(writer, extended ? STREAM_WATCH_EXT : STREAM_WATCH,
		     sizeof(layout) + (extended ? sizeof(depth) : 0) + path_len + token_len);
	stream_put_bytes(writer, &layout, sizeof(layout));
	if (extended)
		stream_put_bytes(writer, &depth, sizeof(depth));
	stream_put_bytes(writer, watch->path, path_len);
	stream_put_bytes(writer, watch->token, token_len);
}

void stream_put_transaction(struct stream_writer *writer, const struct stream_transaction *txn)
{
	struct layout_transaction layout = { txn->connection, txn->number };
	uint32_t doomed = txn->doomed;

	begin_record(writer, STREAM_TRANSACTION, sizeof(layout) + sizeof(doomed));
	stream_put_bytes(writer, &layout, sizeof(layout));
	stream_put_bytes(writer, &doomed, sizeof(doomed));
}

static void put_perms(struct stream_writer *writer, const struct perm *perms, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct layout_perm layout = {
			.access = "nrwb"[perms[i].access & PERM_BOTH],
			.flags = perms[i].access & PERM_IGNORE ? LAYOUT_PERM_IGNORE : 0,
			.domid = perms[i].domid,
		};

		stream_put_bytes(writer, &layout, sizeof(layout));
	}
}

void stream_put_node(struct stream_writer *writer, const struct stream_node *node)
{
	size_t path_len = strlen(node->path) + 1;
	struct layout_node layout = {
		.connection = node->connection,
		.number = node->number,
		.path_len = (uint16_t)path_len,
		.value_len = node->value_len,
		.access = node->access,
		.perm_count = node->perm_count,
	};

	if (path_len > UINT16_MAX || node->perm_count > STREAM_PERMS_MAX) {
		writer->error = -E2BIG;
		return;
	}
	begin_record(writer, STREAM_NODE,
		     sizeof(layout) + node->perm_count * sizeof(struct layout_perm) + path_len +
			     node->value_len);
	stream_put_bytes(writer, &layout, sizeof(layout));
	put_perms(writer, node->perms, node->perm_count);
	stream_put_bytes(writer, node->path, path_len);
	stream_put_bytes(writer, node->value, node->value_len);
}

static void put_limits(struct stream_writer *writer, const uint32_t *values,
		       const char *const *names, uint16_t count)
{
	stream_put_bytes(writer, values, count * sizeof(*values));
	for (uint16_t i = 0; i < count; i++)
		stream_put_bytes(writer, names[i], strlen(names[i]) + 1);
}

static size_t limits_len(const char *const *names, uint16_t count)
{
	size_t len = count * sizeof(uint32_t);

	for (uint16_t i = 0; i < count; i++)
		len += strlen(names[i]) + 1;
	return len;
}

void stream_put_quota(struct stream_writer *writer, const uint32_t *values,
		      const char *const *names, uint16_t count)
{
	struct layout_quota layout = { .domain_count = count };

	begin_record(writer, STREAM_QUOTA, sizeof(layout) + limits_len(names, count));
	stream_put_bytes(writer, &layout, sizeof(layout));
	put_limits(writer, values, names, count);
}

void stream_put_domain(struct stream_writer *writer, uint16_t domid, uint32_t features,
		       const uint32_t *values, const char *const *names, uint16_t count)
{
	struct layout_domain layout = { domid, count, features };

	begin_record(writer, STREAM_DOMAIN, sizeof(layout) + limits_len(names, count));
	stream_put_bytes(writer, &layout, sizeof(layout));
	put_limits(writer, values, names, count);
}

void stream_put_store(struct stream_writer *writer, const struct stream_store *store)
{
	begin_record(writer, STREAM_STORE, sizeof(*store));
	stream_put_bytes(writer, store, sizeof(*store));
}

void stream_put_client(struct stream_writer *writer, const struct stream_client *client)
{
	begin_record(writer, STREAM_CLIENT, sizeof(*client));
	stream_put_bytes(writer, client, sizeof(*client));
}

void stream_put_change(struct stream_writer *writer, const struct stream_change *change)
{
	size_t path_len = strlen(change->path) + 1;
	struct layout_change layout = {
		.connection = change->connection,
		.number = change->number,
		.kind = change->kind,
		.quiet = change->quiet,
		.path_len = (uint16_t)path_len,
		.value_len = change->value_len,
		.perm_count = change->perm_count,
	};

	if (path_len > UINT16_MAX || change->perm_count > STREAM_PERMS_MAX) {
		writer->error = -E2BIG;
		return;
	}
	begin_record(writer, STREAM_CHANGE,
		     sizeof(layout) + change->perm_count * sizeof(struct layout_perm) + path_len +
			     change->value_len);
	stream_put_bytes(writer, &layout, sizeof(layout));
	put_perms(writer, change->perms, change->perm_count);
	stream_put_bytes(writer, change->path, path_len);
	stream_put_bytes(writer, change->value, change->value_len);
}
