/* SPDX-License-Identifier: MIT */
/*
 * The handle behind libxenstore's functions: one of our client library's.
 */
#pragma once

#include <stdbool.h>

#include "client/xs.h"
#include "lib/export.h"
#include "lib/toolcore.h"

#define HANDLE_UNASKED UINT32_MAX

struct xs_handle {
	/* First, so that a callback finds the handle. */
	struct toolcore_handle restriction;
	struct xsc *xs;
	unsigned long flags;
	/* What the daemon can do, or HANDLE_UNASKED. */
	_Atomic uint32_t features;
};

/*
 * Sets errno from the result @rc of the client library, a negative errno or
 * success; true for success.
 */
bool handle_result(int rc);
