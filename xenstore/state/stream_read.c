/* SPDX-License-Identifier: MIT */
/*
 * The state stream: reading.  A part is taken off the front of what is left of
 * a record only after it was seen to be there.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "state/stream_layout.h"
#include "state/stream.h"

#define VERSION_MAX 2

/* What is left of a record. */
struct rest {
	const char *at;
	size_t left;
};

static struct rest rest_of(const struct stream_record *record)
{
	return (struct rest){ record->body, record->len };
}

/* Takes @len bytes; NULL if there are fewer. */
static const char *take(struct rest *rest, size_t len)
{
	const char *at = rest->at;

	if (len > rest->left)
		return NULL;
	rest->at += len;
	rest->left -= len;
	return at;
}

static bool copy(struct rest *rest, void *out, size_t len)
{
	const char *at = take(rest, len);

	if (!at)
		return false;
	memcpy(out, at, len);
	return true;
}

/* Takes a string whose length, with its NUL, is given. */
static const char *take_string(struct rest *rest, size_t len)
{
	const char *at = take(rest, len);

	return at && len && strnlen(at, len) == len - 1 ? at : NULL;
}

int stream_open(struct stream_reader *reader, const void *data, size_t len)
{
	struct layout_header header;

	if (len < sizeof(header))
		return -EINVAL;
	memcpy(&header, data, sizeof(header));
	if (memcmp(header.ident, STREAM_IDENT, sizeof(header.ident)))
		return -EINVAL;
	if (!header.version || be32toh(header.version) > VERSION_MAX)
		return -EINVAL;
	/* Written on another kind of machine, or flags that nobody defined. */
	if (header.flags)
		return -EINVAL;
	reader->at = (const char *)data + sizeof(header);
	reader->left = len - sizeof(header);
	return 0;
}

int stream_next(struct stream_reader *reader, struct stream_record *record)
{
	struct layout_record layout;
	size_t size;

	if (reader->left < sizeof(layout))
		return -EINVAL;
	memcpy(&layout, reader->at, sizeof(layout));
	reader->at += sizeof(layout);
	reader->left -= sizeof(layout);
	record->type = layout.type;
	record->len = layout.len;
	record->body = reader->at;
	size = layout.len + (-(size_t)layout.len % STREAM_ALIGN);
	if (size > reader->left)
		return -EINVAL;
	reader->at += size;
	reader->left -= size;
	return layout.type != STREAM_END;
}

int stream_get_global(const struct stream_record *record, struct stream_global *out)
{
	struct rest rest = rest_of(record);
	struct layout_global layout;

	if (!copy(&rest, &layout, sizeof(layout)))
		return -EINVAL;
	out->socket = layout.socket;
	out->evtchn = layout.evtchn;
	return 0;
}

int stream_get_connection(const struct stream_record *record, struct stream_connection *out)
{
	struct rest rest = rest_of(record);
	struct layout_connection layout;

	memset(out, 0, sizeof(*out));
	out->fd = -1;
	out->target = STREAM_NO_TARGET;
	if (!copy(&rest, &layout, sizeof(layout)) || !layout.id || layout.type > LAYOUT_SOCKET)
		return -EINVAL;
	out->id = layout.id;
	out->socket = layout.type == LAYOUT_SOCKET;
	out->read_only = layout.flags & LAYOUT_READ_ONLY;
	if (out->socket) {
		out->fd = layout.socket.fd;
	} else {
		out->domid = layout.ring.domid;
		out->target = layout.ring.target;
		out->evtchn = layout.ring.evtchn;
	}
	out->in_len = layout.in_len;
	out->out_len = layout.out_len;
	out->partial_len = layout.partial_len;
	out->in = take(&rest, layout.in_len);
	out->out = take(&rest, layout.out_len);
	if (!out->in || !out->out || out->partial_len > out->out_len)
		return -EINVAL;
	return 0;
}

int stream_get_watch(const struct stream_record *record, struct stream_watch *out)
{
	struct rest rest = rest_of(record);
	struct layout_depth depth = { .depth = STREAM_DEPTH_ANY };
	struct layout_watch layout;

	if (!copy(&rest, &layout, sizeof(layout)))
		return -EINVAL;
	if (record->type == STREAM_WATCH_EXT && !copy(&rest, &depth, sizeof(depth)))
		return -EINVAL;
	out->connection = layout.connection;
	out->depth = depth.depth;
	out->path = take_string(&rest, layout.path_len);
	out->token = take_string(&rest, layout.token_len);
	return out->path && out->token ? 0 : -EINVAL;
}

int stream_get_transaction(const struct stream_record *record, struct stream_transaction *out)
{
	struct rest rest = rest_of(record);
	struct layout_transaction layout;
	uint32_t doomed = 0;

	if (!copy(&rest, &layout, sizeof(layout)))
		return -EINVAL;
	/* Only our own streams say this. */
	copy(&rest, &doomed, sizeof(doomed));
	out->connection = layout.connection;
	out->number = layout.number;
	out->doomed = doomed;
	return 0;
}

static int get_perms(struct rest *rest, struct perm *perms, uint16_t count)
{
	if (count > STREAM_PERMS_MAX)
		return -EINVAL;
	for (uint16_t i = 0; i < count; i++) {
		struct layout_perm layout;
		int access;

		if (!copy(rest, &layout, sizeof(layout)))
			return -EINVAL;
		access = perms_access(layout.access);
		if (access < 0)
			return access;
		perms[i].domid = layout.domid;
		perms[i].access = (uint8_t)access;
		if (layout.flags & LAYOUT_PERM_IGNORE)
			perms[i].access |= PERM_IGNORE;
	}
	return 0;
}

int stream_get_node(const struct stream_record *record, struct stream_node *out)
{
	struct rest rest = rest_of(record);
	struct layout_node layout;

	if (!copy(&rest, &layout, sizeof(layout)) || get_perms(&rest, out->perms, layout.perm_count))
		return -EINVAL;
	/* A node of the store itself has an owner. */
	if (!layout.connection && !layout.perm_count)
		return -EINVAL;
	out->connection = layout.connection;
	out->number = layout.number;
	out->access = layout.access;
	out->perm_count = layout.perm_count;
	out->value_len = layout.value_len;
	out->path = take_string(&rest, layout.path_len);
	out->value = take(&rest, layout.value_len);
	return out->path && out->value ? 0 : -EINVAL;
}

int stream_get_store(const struct stream_record *record, struct stream_store *out)
{
	struct rest rest = rest_of(record);

	return copy(&rest, out, sizeof(*out)) ? 0 : -EINVAL;
}

int stream_get_client(const struct stream_record *record, struct stream_client *out)
{
	struct rest rest = rest_of(record);

	return copy(&rest, out, sizeof(*out)) ? 0 : -EINVAL;
}

int stream_get_change(const struct stream_record *record, struct stream_change *out)
{
	struct rest rest = rest_of(record);
	struct layout_change layout;

	if (!copy(&rest, &layout, sizeof(layout)) || get_perms(&rest, out->perms, layout.perm_count))
		return -EINVAL;
	out->connection = layout.connection;
	out->number = layout.number;
	out->kind = layout.kind;
	out->quiet = layout.quiet;
	out->perm_count = layout.perm_count;
	out->value_len = layout.value_len;
	out->path = take_string(&rest, layout.path_len);
	out->value = take(&rest, layout.value_len);
	return out->path && out->value ? 0 : -EINVAL;
}

int stream_get_quota(const struct stream_record *record, struct stream_quota *out)
{
	struct rest rest = rest_of(record);
	struct layout_domain domain = { 0 };
	struct layout_quota quota;
	size_t count;

	if (record->type == STREAM_DOMAIN) {
		if (!copy(&rest, &domain, sizeof(domain)))
			return -EINVAL;
		count = domain.count;
	} else {
		if (!copy(&rest, &quota, sizeof(quota)))
			return -EINVAL;
		count = (size_t)quota.domain_count + quota.global_count;
	}
	if (count > UINT16_MAX)
		return -EINVAL;
	out->domid = domain.domid;
	out->features = domain.features;
	out->count = (uint16_t)count;
	out->values = take(&rest, count * sizeof(uint32_t));
	out->names = rest.at;
	if (!out->values)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		if (!take_string(&rest, strnlen(rest.at, rest.left) + 1))
			return -EINVAL;
	}
	return 0;
}

bool stream_next_quota(struct stream_quota *quota, const char **name, uint32_t *value)
{
	if (!quota->count)
		return false;
	quota->count--;
	memcpy(value, quota->values, sizeof(*value));
	quota->values += sizeof(*value);
	*name = quota->names;
	quota->names += strlen(quota->names) + 1;
	return true;
}
