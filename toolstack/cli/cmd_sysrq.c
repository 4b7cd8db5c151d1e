/* SPDX-License-Identifier: MIT */
/*
 * lamina sysrq: press a SysRq key in a guest's kernel.
 */
#include <ctype.h>
#include <string.h>

#include "cli/output.h"
#include "domain/find.h"
#include "store/nodes.h"

static int sysrq_run(struct cli *cli)
{
	const char *key = cli->args[1];
	struct found_guest g;
	struct host h;
	int rc;

	if (!isalnum((unsigned char)key[0]) || key[1]) {
		diag_fail(&cli->diag, DIAG_USAGE, "`%.40s' is not a SysRq key", key);
		diag_why(&cli->diag, "it is one letter or digit");
		return diag_hint(&cli->diag, "lamina sysrq %.60s h   lists them on its console",
				 cli->args[0]);
	}
	if (host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc && !g.domid) {
		diag_fail(&cli->diag, DIAG_USAGE, "sysrq is for guests, not the control domain");
		rc = diag_hint(&cli->diag, "echo %s > /proc/sysrq-trigger", key);
	} else if (!rc) {
		rc = nodes_ask_sysrq(h.xs, g.domid, key[0]);
		if (rc) {
			diag_fail(&cli->diag, DIAG_FAILED, "cannot ask guest %s", g.name);
			rc = diag_why(&cli->diag, "writing control/sysrq: %s", strerror(-rc));
		} else {
			output_done(cli, g.name, g.domid, "asked", NULL);
		}
	}
	host_close(&h);
	return rc;
}

const struct verb verb_sysrq = {
	.name = "sysrq",
	.args = "GUEST KEY",
	.summary = "press a SysRq key in a guest's kernel",
	.more = "The kernel must allow it (kernel.sysrq); h lists the keys on its console.",
	.min_args = 2,
	.max_args = 2,
	.run = sysrq_run,
};
