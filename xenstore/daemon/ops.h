/* SPDX-License-Identifier: MIT */
/*
 * The operations of the protocol: one table, from number to handler.
 */
#pragma once

#include "daemon/conn.h"

/*
 * Handles a request and answers it, whatever it is.  For conn_set_handler().
 */
void ops_handle(struct conn *conn, const struct conn_request *request);
