/* SPDX-License-Identifier: MIT */
/*
 * lamina console: attach to a guest's console.
 */
#include <stdio.h>

#include "cli/output.h"
#include "console/attach.h"
#include "domain/find.h"

static int console_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	int rc;

	if (host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	host_close(&h);
	if (rc)
		return -1;
	if (g.domid == 0) {
		diag_fail(&cli->diag, DIAG_USAGE, "the control domain's console is the machine's");
		return diag_hint(&cli->diag, "lamina list   shows the guests there are");
	}
	if (cli->json) {
		output_json(json_pack("{s:s, s:i, s:s}", "name", g.name, "domid", (int)g.domid,
				      "socket", HOST_CONSOLE));
		return 0;
	}
	return attach_guest(g.name, g.domid, &cli->diag);
}

const struct verb verb_console = {
	.name = "console",
	.args = "GUEST",
	.summary = "attach to a guest's console; ^] leaves it",
	.more = "It begins with what the guest wrote last, may be attached several times at once,\n"
		"and stays attached when the guest reboots.",
	.min_args = 1,
	.max_args = 1,
	.run = console_run,
};
