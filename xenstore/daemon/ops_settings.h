/* SPDX-License-Identifier: MIT */
/*
 * Operations on what domains are offered and allowed: features and quotas.  Each
 * answers the request, or returns a negative errno for its caller to answer.
 */
#pragma once

#include "daemon/conn.h"

/* "[<domid>]": features of one domain, or what the caller is offered. */
int ops_settings_get_feature(struct conn *conn, const struct conn_request *request);

/* "<domid> <features>": -EBUSY once the domain is introduced. */
int ops_settings_set_feature(struct conn *conn, const struct conn_request *request);

/* "": names of quotas; "<quota>": for all domains; "<domid> <quota>": for one. */
int ops_settings_get_quota(struct conn *conn, const struct conn_request *request);

/* "<quota> <value>" or "<domid> <quota> <value>"; zero is no limit. */
int ops_settings_set_quota(struct conn *conn, const struct conn_request *request);
