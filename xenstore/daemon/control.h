/* SPDX-License-Identifier: MIT */
/*
 * XS_CONTROL: commands to the daemon itself, in words.
 */
#pragma once

#include "daemon/conn.h"

/* Answers the request, or returns a negative errno to be answered. */
int control_handle(struct conn *conn, const struct conn_request *request);
