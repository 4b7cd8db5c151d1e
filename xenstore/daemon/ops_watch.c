/* SPDX-License-Identifier: MIT */
/*
 * Operations on watches.
 */
#include "daemon/ops_watch.h"

#include <errno.h>
#include <string.h>

#include "protocol/path.h"

/*
 * Reads path and token.  *skip is how much of the absolute path the client
 * does not want to see, as it gave a relative one.
 */
static int path_and_token(const struct conn *conn, const struct conn_request *request,
			  char path[PATH_BUF], size_t *skip, const char *vec[2])
{
	const char *payload = request->payload;
	size_t len = request->hdr.len;

	if (!len || payload[len - 1] || wire_split(payload, len, vec, 2) != 2)
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

int ops_watch_add(struct conn *conn, const struct conn_request *request)
{
	char path[PATH_BUF];
	const char *vec[2];
	size_t skip;
	int rc = path_and_token(conn, request, path, &skip, vec);

	if (!rc)
		rc = watch_add(&conn->store->watches, &conn->watcher, path, skip, vec[1]);
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
	const char *vec[2];
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
