/* SPDX-License-Identifier: MIT */
/*
 * Operations on watches.  Each answers the request, or returns a negative
 * errno for its caller to answer.
 */
#pragma once

#include "daemon/conn.h"

int ops_watch_add(struct conn *conn, const struct conn_request *request);
int ops_watch_remove(struct conn *conn, const struct conn_request *request);
int ops_watch_reset(struct conn *conn, const struct conn_request *request);
