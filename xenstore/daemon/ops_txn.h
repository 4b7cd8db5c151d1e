/* SPDX-License-Identifier: MIT */
/*
 * Operations on transactions.  Each answers the request, or returns a negative
 * errno for its caller to answer.
 */
#pragma once

#include "daemon/conn.h"

int ops_txn_start(struct conn *conn, const struct conn_request *request);
int ops_txn_end(struct conn *conn, const struct conn_request *request);
