/* SPDX-License-Identifier: MIT */
/*
 * lamina dump-core: a guest's memory and registers into a file.
 */
#include <stdio.h>

#include "cli/output.h"
#include "domain/dump.h"

static bool opt_live;

static int dump_core_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	char text[128];
	size_t pages;
	int rc;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc && !g.domid) {
		diag_fail(&cli->diag, DIAG_USAGE, "the control domain cannot dump itself");
		rc = -1;
	}
	if (!rc)
		rc = dump_guest(&h, &g, cli->args[1], opt_live, &pages, &cli->diag);
	if (!rc) {
		snprintf(text, sizeof(text), "%zu pages of %.60s", pages, g.name);
		output_done(cli, g.name, g.domid, "dumped", text);
	}
	host_close(&h);
	return rc;
}

static const struct verb_option dump_core_options[] = {
	{ 'L', "live", NULL, "let the guest run meanwhile", &opt_live, NULL },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_dump_core = {
	.name = "dump-core",
	.args = "[-L] GUEST FILE",
	.summary = "write a guest's memory and registers to a file",
	.more = "The file is an ELF core in the format that crash(8) reads.  The guest is\n"
		"paused meanwhile unless -L is given, with which its pages may not fit together.",
	.min_args = 2,
	.max_args = 2,
	.options = dump_core_options,
	.run = dump_core_run,
};
