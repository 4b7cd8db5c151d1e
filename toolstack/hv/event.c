/* SPDX-License-Identifier: MIT */
/*
 * Event channels made on behalf of a new domain.
 */
#include "hv/event.h"

#include <string.h>

int event_alloc(struct hv *hv, uint32_t domid, uint32_t remote, uint32_t *port)
{
	struct evtchn_alloc_unbound *op = hv->op;
	int rc;

	memset(op, 0, sizeof(*op));
	op->dom = (domid_t)domid;
	op->remote_dom = (domid_t)remote;
	rc = hv_call2(hv, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, (uintptr_t)op);
	if (rc < 0)
		return rc;
	*port = op->port;
	return 0;
}
