/* SPDX-License-Identifier: MIT */
/*
 * lamina unpause: let a paused guest run again.
 */
#include <stdio.h>

#include "cli/output.h"
#include "domain/find.h"
#include "hv/domctl.h"

static int unpause_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	int rc;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (rc)
		goto out;
	if (!(g.info.flags & XEN_DOMINF_paused)) {
		output_done(cli, g.name, g.domid, "was not paused", "the guest was not paused");
		goto out;
	}
	rc = domctl_unpause(&h.hv, g.domid);
	if (rc) {
		diag_fail(&cli->diag, DIAG_FAILED, "cannot unpause guest %s", g.name);
		diag_why(&cli->diag, "%s", diag_errno_text(-rc));
	} else {
		output_done(cli, g.name, g.domid, "unpaused", NULL);
	}
out:
	host_close(&h);
	return rc ? -1 : 0;
}

const struct verb verb_unpause = {
	.name = "unpause",
	.args = "GUEST",
	.summary = "let a paused guest run",
	.min_args = 1,
	.max_args = 1,
	.run = unpause_run,
};
