/* SPDX-License-Identifier: MIT */
/*
 * Operations on nodes.
 */
#include "daemon/ops_node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/path.h"
#include "store/listing.h"

/* Decimal 64-bit number and NUL. */
#define NUMBER_TEXT 21

/* Reads the path that a payload begins with; *used counts its NUL. */
static int leading_path(const struct conn *conn, const struct conn_request *request,
			char path[PATH_BUF], size_t *used)
{
	size_t n = strnlen(request->payload, request->hdr.len);

	if (n == request->hdr.len)
		return -EINVAL;
	*used = n + 1;
	if (path_special(request->payload))
		return -EINVAL;
	return path_canonical(request->payload, conn->home, path);
}

/* Reads a payload that is nothing but a path. */
static int only_path(const struct conn *conn, const struct conn_request *request, char path[PATH_BUF])
{
	size_t used;
	int rc = leading_path(conn, request, path, &used);

	if (!rc && used != request->hdr.len)
		rc = -EINVAL;
	return rc;
}

int ops_node_read(struct conn *conn, const struct conn_request *request)
{
	const struct node *node;
	char path[PATH_BUF];
	int rc = only_path(conn, request, path);

	if (!rc)
		rc = store_read(conn->store, request->txn, &conn->id, path, &node);
	if (rc)
		return rc;
	conn_reply(conn, request, node_value(node), node->value_len);
	return 0;
}

int ops_node_write(struct conn *conn, const struct conn_request *request)
{
	char path[PATH_BUF];
	size_t used;
	int rc = leading_path(conn, request, path, &used);

	if (!rc)
		rc = store_write(conn->store, request->txn, &conn->id, path,
				 request->payload + used, request->hdr.len - used);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}

int ops_node_mkdir(struct conn *conn, const struct conn_request *request)
{
	char path[PATH_BUF];
	int rc = only_path(conn, request, path);

	if (!rc)
		rc = store_mkdir(conn->store, request->txn, &conn->id, path);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}

int ops_node_rm(struct conn *conn, const struct conn_request *request)
{
	char path[PATH_BUF];
	int rc = only_path(conn, request, path);

	if (!rc)
		rc = store_rm(conn->store, request->txn, &conn->id, path);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}

/* A window onto the names of a node's children, each with its NUL. */
struct part {
	char *out;
	size_t room;
	size_t used;
	/* Bytes of names to leave out first. */
	size_t skip;
	/* Where the next name would begin, in bytes from the first. */
	size_t at;
};

static int list_child(const struct node *child, void *arg)
{
	struct part *part = arg;
	size_t size = (size_t)child->name_len + 1;
	size_t from = part->at;

	part->at += size;
	if (from < part->skip)
		return 0;
	if (size > part->room - part->used)
		return -E2BIG;
	memcpy(part->out + part->used, node_name(child), child->name_len);
	part->used += size;
	part->out[part->used - 1] = '\0';
	return 0;
}

int ops_node_directory(struct conn *conn, const struct conn_request *request)
{
	const char *names;
	struct node *node;
	char path[PATH_BUF];
	size_t len;
	int rc = only_path(conn, request, path);

	if (!rc)
		rc = store_directory(conn->store, request->txn, &conn->id, path, &node);
	if (!rc)
		rc = listing_get(node, &names, &len);
	if (!rc)
		conn_reply(conn, request, names, len);
	return rc;
}

/*
 * A part of a listing: the generation of the list, whole names from the given
 * byte on, and, if these are the last, an empty name.
 */
int ops_node_directory_part(struct conn *conn, const struct conn_request *request)
{
	char reply[XENSTORE_PAYLOAD_MAX];
	struct part part = { .out = reply };
	const char *vec[2];
	struct node *node;
	char path[PATH_BUF];
	uint64_t skip;
	size_t used;
	int rc;

	if (wire_split(request->payload, request->hdr.len, vec, 2) != 2 ||
	    !wire_number(vec[1], SIZE_MAX, &skip))
		return -EINVAL;
	rc = leading_path(conn, request, path, &used);
	if (!rc)
		rc = store_directory(conn->store, request->txn, &conn->id, path, &node);
	if (rc)
		return rc;
	part.used = (size_t)snprintf(reply, NUMBER_TEXT, "%llu",
				     (unsigned long long)node_children_generation(node)) +
		    1;
	part.skip = skip;
	/* One byte is kept for the mark of the end. */
	part.room = sizeof(reply) - 1;
	rc = tree_each_child(node, list_child, &part);
	if (!rc && skip > part.at)
		return -EINVAL;
	if (!rc)
		reply[part.used++] = '\0';
	conn_reply(conn, request, reply, part.used);
	return 0;
}

int ops_node_get_perms(struct conn *conn, const struct conn_request *request)
{
	char text[XENSTORE_PAYLOAD_MAX];
	const struct permset *set;
	char path[PATH_BUF];
	size_t used;
	int rc = only_path(conn, request, path);

	if (!rc)
		rc = store_get_perms(conn->store, request->txn, &conn->id, path, &set);
	if (rc)
		return rc;
	used = perms_format(set->perms, set->count, text, sizeof(text));
	if (!used)
		return -E2BIG;
	conn_reply(conn, request, text, used);
	return 0;
}

int ops_node_set_perms(struct conn *conn, const struct conn_request *request)
{
	const char *text = request->payload;
	size_t len = request->hdr.len, used, count;
	struct perm *perms;
	char path[PATH_BUF];
	int rc;

	used = strnlen(text, len) + 1;
	if (used >= len || text[len - 1])
		return -EINVAL;
	if (path_special(text)) {
		if (used > sizeof(path))
			return -EINVAL;
		memcpy(path, text, used);
	} else {
		rc = path_canonical(text, conn->home, path);
		if (rc)
			return rc;
	}
	count = wire_count_strings(text + used, len - used);
	perms = malloc(count * sizeof(*perms));
	if (!perms)
		return -ENOMEM;
	rc = perms_parse(text + used, len - used, perms, count);
	if (!rc)
		rc = store_set_perms(conn->store, request->txn, &conn->id, path, perms, count);
	free(perms);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}
