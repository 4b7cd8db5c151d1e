/* SPDX-License-Identifier: MIT */
/*
 * Operations on domains.  Each answers the request, or returns a negative
 * errno for its caller to answer.
 */
#pragma once

#include "daemon/conn.h"

int ops_domain_introduce(struct conn *conn, const struct conn_request *request);
int ops_domain_release(struct conn *conn, const struct conn_request *request);
int ops_domain_resume(struct conn *conn, const struct conn_request *request);
int ops_domain_path(struct conn *conn, const struct conn_request *request);
int ops_domain_introduced(struct conn *conn, const struct conn_request *request);
int ops_domain_set_target(struct conn *conn, const struct conn_request *request);
