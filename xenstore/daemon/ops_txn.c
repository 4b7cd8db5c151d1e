/* SPDX-License-Identifier: MIT */
/*
 * Operations on transactions.
 */
#include "daemon/ops_txn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/fairness.h"

/* Decimal 32-bit number and NUL. */
#define NUMBER_TEXT 11

int ops_txn_start(struct conn *conn, const struct conn_request *request)
{
	char text[NUMBER_TEXT];
	uint32_t number;
	int rc;

	/* Transactions do not nest. */
	if (request->txn)
		return -EBUSY;
	rc = conn_txn_start(conn, &number);
	if (rc)
		return rc;
	snprintf(text, sizeof(text), "%u", number);
	conn_reply(conn, request, text, strlen(text) + 1);
	return 0;
}

int ops_txn_end(struct conn *conn, const struct conn_request *request)
{
	bool commit;
	int rc;

	if (request->hdr.len != 2 || request->payload[1])
		return -EINVAL;
	if (request->payload[0] != 'T' && request->payload[0] != 'F')
		return -EINVAL;
	commit = request->payload[0] == 'T';
	rc = conn_txn_end(conn, request->hdr.tx_id, commit);
	if (commit && (!rc || rc == -EAGAIN))
		fairness_ended(conn, rc);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}
