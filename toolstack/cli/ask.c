/* SPDX-License-Identifier: MIT */
/*
 * Asking a guest to end.
 */
#include "cli/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "domain/end.h"
#include "store/nodes.h"

int ask_timeout(struct cli *cli, const char *text, int *ms)
{
	char *end;
	long s = strtol(text, &end, 10);

	if (*text && *end == '\0' && s >= 0 && s <= 86400) {
		*ms = (int)s * 1000;
		return 0;
	}
	diag_fail(&cli->diag, DIAG_USAGE, "`%.40s' is not a number of seconds", text);
	return diag_hint(&cli->diag, "--timeout=%s", ASK_TIMEOUT);
}

static int refuse(struct cli *cli, const struct found_guest *g, const char *how)
{
	if (g->domid == 0) {
		diag_fail(&cli->diag, DIAG_USAGE, "%s is for guests, not the control domain", how);
		return diag_hint(&cli->diag, "%s   without lamina in front ends the machine", how);
	}
	if (g->info.flags & XEN_DOMINF_paused) {
		diag_fail(&cli->diag, DIAG_FAILED, "guest %s cannot be asked for a %s", g->name, how);
		diag_why(&cli->diag, "it is paused, so it would not hear");
		return diag_hint(&cli->diag, "lamina unpause %s   first, or   lamina destroy %s",
				 g->name, g->name);
	}
	return 0;
}

/* Waits until the guest stopped, and its remains (if nobody wants them) are gone. */
static int wait_end(struct cli *cli, struct host *h, const struct found_guest *g, int ms)
{
	enum end_reason r = end_wait(h, g->domid, g->info.handle, ms);

	if (r != END_RUNNING && r != END_GONE)
		end_wait_gone(h, g->domid, g->info.handle, 2000);
	if (r != END_RUNNING)
		return 0;
	diag_fail(&cli->diag, DIAG_TIMEOUT, "guest %s still runs after %d s", g->name, ms / 1000);
	diag_why(&cli->diag, "it did not act on the request (is it still booting, or stuck?)");
	return diag_hint(&cli->diag, "lamina console %s   to look, or   lamina destroy %s", g->name,
			 g->name);
}

int ask_guest(struct cli *cli, const char *how, bool wait, const char *timeout)
{
	struct found_guest g;
	struct host h;
	int ms = 0, rc;

	if (ask_timeout(cli, timeout, &ms) || host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc)
		rc = refuse(cli, &g, how);
	if (!rc) {
		rc = nodes_ask_shutdown(h.xs, g.domid, how);
		if (rc) {
			diag_fail(&cli->diag, DIAG_FAILED, "cannot ask guest %s", g.name);
			diag_why(&cli->diag, "writing control/shutdown: %s", strerror(-rc));
			rc = -1;
		}
	}
	if (!rc && wait)
		rc = wait_end(cli, &h, &g, ms);
	if (!rc)
		output_done(cli, g.name, g.domid, wait ? how : "asked", NULL);
	host_close(&h);
	return rc;
}
