/* SPDX-License-Identifier: MIT */
/*
 * lamina dom0-init: enter the control domain in the store, once at boot.
 */
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "domain/host.h"
#include "hv/domctl.h"
#include "store/nodes.h"

static int dom0_init_run(struct cli *cli)
{
	struct xen_domctl_getdomaininfo info;
	struct host h;
	int rc;

	if (host_open(&h, &cli->diag))
		return -1;
	rc = domctl_info(&h.hv, 0, &info);
	if (rc) {
		diag_fail(&cli->diag, DIAG_FAILED, "cannot ask about the control domain");
		diag_why(&cli->diag, "%s", diag_errno_text(-rc));
		goto out;
	}
	rc = nodes_dom0(h.xs, info.tot_pages * 4, info.max_vcpu_id + 1);
	if (rc) {
		diag_fail(&cli->diag, DIAG_FAILED, "cannot enter the control domain in the store");
		diag_why(&cli->diag, "%s", strerror(-rc));
		goto out;
	}
	output_done(cli, "Domain-0", 0, "initialised", NULL);
out:
	host_close(&h);
	return rc ? -1 : 0;
}

const struct verb verb_dom0_init = {
	.name = "dom0-init",
	.args = "",
	.summary = "enter the control domain in the store (at boot; again does no harm)",
	.run = dom0_init_run,
};
