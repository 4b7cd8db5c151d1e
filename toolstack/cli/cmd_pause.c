/* SPDX-License-Identifier: MIT */
/*
 * lamina pause: stop a guest's vCPUs where they are.
 */
#include <stdio.h>

#include "cli/output.h"
#include "domain/find.h"
#include "hv/domctl.h"

static int pause_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	int rc;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (rc)
		goto out;
	rc = domctl_pause(&h.hv, g.domid);
	if (rc) {
		diag_fail(&cli->diag, DIAG_FAILED, "cannot pause guest %s", g.name);
		diag_why(&cli->diag, "%s",
			 g.domid ? diag_errno_text(-rc) : "it is the control domain itself");
	} else {
		output_done(cli, g.name, g.domid, "paused", NULL);
	}
out:
	host_close(&h);
	return rc ? -1 : 0;
}

const struct verb verb_pause = {
	.name = "pause",
	.args = "GUEST",
	.summary = "stop a guest's CPUs until unpause",
	.min_args = 1,
	.max_args = 1,
	.run = pause_run,
};
