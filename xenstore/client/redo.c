/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a request when the connection is lost.
 */
#include "client/redo.h"

#include <errno.h>
#include <xen/io/xs_wire.h>

static enum redo of_lost_transaction(uint32_t type, char payload, bool begun)
{
	switch (type) {
	case XS_TRANSACTION_END:
		if (payload != 'T')
			return REDO_DONE;
		return begun ? REDO_UNKNOWN : REDO_AGAIN;
	case XS_WRITE:
	case XS_MKDIR:
	case XS_RM:
	case XS_SET_PERMS: return REDO_DONE;
	default: return REDO_SEND;
	}
}

enum redo redo_of(uint32_t type, char payload, bool lost, bool begun)
{
	if (lost)
		return of_lost_transaction(type, payload, begun);
	if (!begun)
		return REDO_SEND;
	switch (type) {
	case XS_RELEASE:
	case XS_CONTROL:
	case XS_TRANSACTION_END: return REDO_UNKNOWN;
	default: return REDO_SEND;
	}
}

bool redo_forgives(uint32_t type, int err)
{
	return ((type == XS_RM || type == XS_UNWATCH) && err == ENOENT) ||
	       (type == XS_WATCH && err == EEXIST);
}
