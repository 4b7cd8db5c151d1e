/* SPDX-License-Identifier: MIT */
/*
 * lamina destroy: end a guest at once, without asking it.
 */
#include <stdio.h>

#include "cli/output.h"
#include "domain/end.h"

static int destroy_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	int rc;

	if (host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc && g.domid == 0) {
		diag_fail(&cli->diag, DIAG_USAGE, "cannot destroy the control domain");
		diag_why(&cli->diag, "every guest would go with it");
		rc = diag_hint(&cli->diag, "poweroff   ends the machine in an orderly way");
	}
	if (!rc)
		rc = end_destroy(&h, &g, &cli->diag);
	if (!rc)
		output_done(cli, g.name, g.domid, "destroyed", NULL);
	host_close(&h);
	return rc;
}

const struct verb verb_destroy = {
	.name = "destroy",
	.args = "GUEST",
	.summary = "end a guest at once, as if by pulling the plug",
	.min_args = 1,
	.max_args = 1,
	.run = destroy_run,
};
