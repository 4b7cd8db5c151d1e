/* SPDX-License-Identifier: MIT */
/*
 * The table of operations.
 */
#include "daemon/ops.h"

#include <errno.h>

#include "daemon/control.h"
#include "daemon/dlog.h"
#include "daemon/fairness.h"
#include "daemon/ops_domain.h"
#include "daemon/ops_node.h"
#include "daemon/ops_settings.h"
#include "daemon/ops_txn.h"
#include "daemon/ops_watch.h"
#include "daemon/record.h"

/* The transaction that the header names does not matter, valid or not. */
#define OP_NO_TXN 1
/* For dom0 and local clients only. */
#define OP_PRIVILEGED 2

struct op {
	/* Answers, or returns a negative errno to be answered. */
	int (*handle)(struct conn *conn, const struct conn_request *request);
	unsigned int flags;
};

static const struct op ops[WIRE_TYPE_COUNT] = {
	[XS_CONTROL] = { control_handle, OP_NO_TXN | OP_PRIVILEGED },
	[XS_DIRECTORY] = { ops_node_directory, 0 },
	[XS_READ] = { ops_node_read, 0 },
	[XS_GET_PERMS] = { ops_node_get_perms, 0 },
	[XS_WATCH] = { ops_watch_add, OP_NO_TXN },
	[XS_UNWATCH] = { ops_watch_remove, OP_NO_TXN },
	[XS_TRANSACTION_START] = { ops_txn_start, 0 },
	[XS_TRANSACTION_END] = { ops_txn_end, 0 },
	[XS_INTRODUCE] = { ops_domain_introduce, OP_NO_TXN | OP_PRIVILEGED },
	[XS_RELEASE] = { ops_domain_release, OP_NO_TXN | OP_PRIVILEGED },
	[XS_GET_DOMAIN_PATH] = { ops_domain_path, OP_NO_TXN },
	[XS_WRITE] = { ops_node_write, 0 },
	[XS_MKDIR] = { ops_node_mkdir, 0 },
	[XS_RM] = { ops_node_rm, 0 },
	[XS_SET_PERMS] = { ops_node_set_perms, 0 },
	[XS_IS_DOMAIN_INTRODUCED] = { ops_domain_introduced, OP_NO_TXN | OP_PRIVILEGED },
	[XS_RESUME] = { ops_domain_resume, OP_NO_TXN | OP_PRIVILEGED },
	[XS_SET_TARGET] = { ops_domain_set_target, OP_NO_TXN | OP_PRIVILEGED },
	[XS_RESET_WATCHES] = { ops_watch_reset, OP_NO_TXN },
	[XS_DIRECTORY_PART] = { ops_node_directory_part, 0 },
	[WIRE_GET_FEATURE] = { ops_settings_get_feature, OP_NO_TXN },
	[WIRE_SET_FEATURE] = { ops_settings_set_feature, OP_NO_TXN | OP_PRIVILEGED },
	[WIRE_GET_QUOTA] = { ops_settings_get_quota, OP_NO_TXN | OP_PRIVILEGED },
	[WIRE_SET_QUOTA] = { ops_settings_set_quota, OP_NO_TXN | OP_PRIVILEGED },
};

static int dispatch(struct conn *conn, struct conn_request *request)
{
	uint32_t type = request->hdr.type;
	const struct op *op;

	if (type >= WIRE_TYPE_COUNT || !ops[type].handle)
		return -ENOSYS;
	op = &ops[type];
	if ((op->flags & OP_PRIVILEGED) && !conn->id.privileged)
		return -EACCES;
	if (request->hdr.tx_id && !(op->flags & OP_NO_TXN)) {
		request->txn = conn_txn_find(conn, request->hdr.tx_id);
		if (!request->txn)
			return -ENOENT;
	}
	return op->handle(conn, request);
}

/* True if the request's transaction will not commit any more. */
static bool spoilt(const struct conn *conn, const struct conn_request *request)
{
	const struct txn *txn = conn_txn_find(conn, request->hdr.tx_id);

	return txn && txn->spoilt;
}

void ops_handle(struct conn *conn, const struct conn_request *request)
{
	struct conn_request copy = *request;
	int rc;

	traffic_count(&conn->traffic, copy.hdr.type);
	record_begin(conn->number, conn_is_local(conn), &copy.hdr);
	fairness_before(conn);
	rc = dispatch(conn, &copy);
	fairness_after(conn);

	if (dlog_tracing())
		dlog_trace("domain %u: %s tx %u, %u bytes: %s", conn->id.domid,
			   wire_op_name(copy.hdr.type), copy.hdr.tx_id, copy.hdr.len,
			   rc ? wire_error_name(-rc) : "OK");
	if (rc)
		conn_error(conn, &copy, -rc);
	conn->recorded |= record_end(conn->number, conn_is_local(conn), &copy.hdr, copy.payload, rc,
				     rc && spoilt(conn, &copy));
}
