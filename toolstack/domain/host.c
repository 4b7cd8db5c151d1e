/* SPDX-License-Identifier: MIT */
/*
 * The machine we manage.
 */
#include "domain/host.h"

#include <string.h>

int host_open_hv(struct host *h, struct diag *d)
{
	memset(h, 0, sizeof(*h));
	if (hv_open(&h->hv, d))
		return -1;
	if (xsc_open(NULL, &h->xs))
		h->xs = NULL;
	return 0;
}

int host_open(struct host *h, struct diag *d)
{
	int rc;

	memset(h, 0, sizeof(*h));
	if (hv_open(&h->hv, d))
		return -1;
	rc = xsc_open(NULL, &h->xs);
	if (rc) {
		h->xs = NULL;
		host_close(h);
		diag_fail(d, DIAG_NO_HOST, "cannot reach the store");
		diag_why(d, "connecting to xenstored: %s", strerror(-rc));
		return diag_hint(d, "start xenstored, then run the command again");
	}
	return 0;
}

void host_close(struct host *h)
{
	if (h->xs)
		xsc_close(h->xs);
	hv_close(&h->hv);
	memset(h, 0, sizeof(*h));
}
