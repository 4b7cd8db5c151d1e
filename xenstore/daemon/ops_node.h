/* SPDX-License-Identifier: MIT */
/*
 * Operations on nodes: read, write, list, make, remove, permissions.  Each
 * answers the request, or returns a negative errno for its caller to answer.
 */
#pragma once

#include "daemon/conn.h"

int ops_node_read(struct conn *conn, const struct conn_request *request);
int ops_node_write(struct conn *conn, const struct conn_request *request);
int ops_node_mkdir(struct conn *conn, const struct conn_request *request);
int ops_node_rm(struct conn *conn, const struct conn_request *request);
int ops_node_directory(struct conn *conn, const struct conn_request *request);
int ops_node_directory_part(struct conn *conn, const struct conn_request *request);
int ops_node_get_perms(struct conn *conn, const struct conn_request *request);
int ops_node_set_perms(struct conn *conn, const struct conn_request *request);
