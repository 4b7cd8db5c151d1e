/* SPDX-License-Identifier: MIT */
/*
 * lamina monitor: wait for a guest's end and act on it.  Started by create.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/config_file.h"
#include "cli/verb.h"
#include "domain/find.h"
#include "domain/monitor.h"

static int monitor_verb_run(struct cli *cli)
{
	struct guest_config g;
	struct found_guest f;
	char path[128];
	struct host h;
	int rc;

	if (host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &f, &cli->diag);
	if (rc) {
		/* It ended before we came; only its configuration is left. */
		if (cli->diag.code == DIAG_NO_GUEST && isdigit((unsigned char)cli->args[0][0]))
			monitor_forget((uint32_t)strtoul(cli->args[0], NULL, 10));
		host_close(&h);
		return -1;
	}
	monitor_config_path(f.domid, path, sizeof(path));
	rc = config_file_read(path, NULL, 0, &g, &cli->diag);
	if (!rc) {
		rc = monitor_run(&h, &g, f.domid, &cli->diag);
		guest_free(&g);
	}
	host_close(&h);
	return rc;
}

const struct verb verb_monitor = {
	.name = "monitor",
	.args = "GUEST",
	.summary = "wait for a guest's end and do what on_poweroff, on_reboot, on_crash say",
	.more = "`create` starts one for each guest; by hand it is needed only if that one died.",
	.min_args = 1,
	.max_args = 1,
	.hidden = true,
	.run = monitor_verb_run,
};
