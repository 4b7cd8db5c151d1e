/* SPDX-License-Identifier: MIT */
/*
 * lamina mem-set: ask a domain to have more or less memory.
 */
#include <stdio.h>

#include "cli/ask.h"
#include "cli/output.h"
#include "config/size.h"
#include "domain/resize.h"

static bool opt_wait;
static const char *opt_timeout = ASK_TIMEOUT;

static int mem_set_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	uint64_t kib;
	char text[128];
	int ms, rc;

	if (ask_timeout(cli, opt_timeout, &ms))
		return -1;
	if (!size_parse(cli->args[1], &kib)) {
		diag_fail(&cli->diag, DIAG_USAGE, "`%.40s' is not a size", cli->args[1]);
		return diag_hint(&cli->diag, "lamina mem-set %.60s 512m", cli->args[0]);
	}
	if (host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc)
		rc = resize_ask(&h, &g, kib, &cli->diag);
	if (!rc && opt_wait)
		rc = resize_wait(&h, &g, kib, ms, &cli->diag);
	if (!rc) {
		snprintf(text, sizeof(text), "%.80s has %llu MiB", g.name,
			 (unsigned long long)kib >> 10);
		output_done(cli, g.name, g.domid, opt_wait ? "resized" : "asked",
			    opt_wait ? text : NULL);
	}
	host_close(&h);
	return rc;
}

static const struct verb_option mem_set_options[] = {
	{ 'w', "wait", NULL, "wait until it has that much", &opt_wait, NULL },
	{ 't', "timeout", "SECONDS", "how long to wait at most (60)", NULL, &opt_timeout },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_mem_set = {
	.name = "mem-set",
	.args = "[-w] GUEST SIZE",
	.summary = "ask a guest to have more or less memory",
	.more = "SIZE is in MiB, or has one of the letters k, m, g behind it.  The guest's\n"
		"balloon driver does it; the configuration's maxmem is the most.",
	.min_args = 2,
	.max_args = 2,
	.options = mem_set_options,
	.run = mem_set_run,
};
