/* SPDX-License-Identifier: MIT */
/*
 * Operations on watches.
 */
#include "daemon/ops_watch.h"

#include <errno.h>
#include <string.h>

#include "daemon/features.h"
#include "protocol/path.h"

/*
 * Reads path and token, and of WATCH a depth, NULL if none is given.  *skip is how much of the absolute path the client
 * does not want to see, as it gave a relative one.
 */
static int path_and_token(const struct conn *conn, const struct conn_request *request,
			  char path[PATH_BUF], size_t *skip, const char *vec[3])
{
	const char *payload = request->payload;
	size_t len = request->hdr.len, count;

	if (!len || payload[len - 1])
		return -EINVAL;
	count = wire_split(payload, len, vec, 3);
	if (count == 2)
		vec[2] = NULL;
	else if (count != 3 || request->hdr.type != XS_WATCH)
		return -EINVAL;
	*skip = 0;
	if (path_special(vec[0])) {
		if (strlen(vec[0]) > XENSTORE_REL_PATH_MAX)
			return -EINVAL;
		strcpy(path, vec[0]);
		return 0;
	}
	if (vec[0][0] != '/')
		*skip = strlen(conn->home) + 1;
	return path_canonical(vec[0], conn->home, path);
}

/* The depth that a client may give. */
static int depth_of(const struct conn *conn, const char *path, const char *text, uint16_t *depth)
{
	uint64_t number;

	*depth = WATCH_DEPTH_ANY;
	if (!text)
		return 0;
	if (!(features_of(conn->id.domid) & FEATURE_WATCH_DEPTH) ||
	    !wire_number(text, UINT32_MAX, &number))
		return -EINVAL;
	/* Of a special name it says that the domain's id is wanted. */
	if (path_special(path) && number != 1)
		return -EINVAL;
	/* No path is that deep. */
	if (number < WATCH_DEPTH_ANY)
		*depth = (uint16_t)number;
	return 0;
}

int ops_watch_add(struct conn *conn, const struct conn_request *request)
{
	char path[PATH_BUF];
	const char *vec[3];
	uint16_t depth;
	size_t skip;
	int rc = path_and_token(conn, request, path, &skip, vec);

	if (!rc)
		rc = depth_of(conn, path, vec[2], &depth);
	if (!rc)
		rc = watch_add_depth(&conn->store->watches, &conn->watcher, path, skip, depth,
				     vec[1]);
	if (rc)
		return rc;
	conn_ack(conn, request);
	/* It fires once at once: so a client needs no first look of its own. */
	conn_event(conn, path + skip, vec[1]);
	return 0;
}

int ops_watch_remove(struct conn *conn, const struct conn_request *request)
{
	char path[PATH_BUF];
	const char *vec[3];
	size_t skip;
	int rc = path_and_token(conn, request, path, &skip, vec);

	if (!rc)
		rc = watch_remove(&conn->store->watches, &conn->watcher, path, vec[1]);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}

int ops_watch_reset(struct conn *conn, const struct conn_request *request)
{
	/*
	 * A fresh kernel in an old domain asks for this: transactions of its
	 * predecessor go as well.
	 */
	while (conn->txns)
		conn_txn_end(conn, conn_txn_first(conn), false);
	watch_remove_all(&conn->store->watches, &conn->watcher);
	conn_ack(conn, request);
	return 0;
}
