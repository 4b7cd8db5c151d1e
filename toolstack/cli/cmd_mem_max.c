/* SPDX-License-Identifier: MIT */
/*
 * lamina mem-max: the hypervisor's limit on a guest's memory.
 */
#include "cli/output.h"
#include "config/size.h"
#include "domain/resize.h"

static int mem_max_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	uint64_t kib;
	int rc;

	if (!size_parse(cli->args[1], &kib)) {
		diag_fail(&cli->diag, DIAG_USAGE, "`%.40s' is not a size", cli->args[1]);
		return diag_hint(&cli->diag, "lamina mem-max %.60s 512m", cli->args[0]);
	}
	if (host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc)
		rc = resize_limit(&h, &g, kib, &cli->diag);
	if (!rc)
		output_done(cli, g.name, g.domid, "limited", NULL);
	host_close(&h);
	return rc;
}

const struct verb verb_mem_max = {
	.name = "mem-max",
	.args = "GUEST SIZE",
	.summary = "limit the memory a guest may ever take",
	.more = "SIZE as for mem-set.  What the guest has it keeps; it gets no more.",
	.min_args = 2,
	.max_args = 2,
	.run = mem_max_run,
};
