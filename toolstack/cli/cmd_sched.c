/* SPDX-License-Identifier: MIT */
/*
 * lamina sched: weights and caps of guests, shown or set.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/output.h"
#include "domain/find.h"
#include "hv/domctl.h"
#include "hv/sysctl.h"

static const char *opt_weight, *opt_cap;

static int number(struct cli *cli, const char *text, const char *what, unsigned int least,
		  uint16_t *out)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end != text && !*end && n >= least && n <= 65535) {
		*out = (uint16_t)n;
		return 0;
	}
	diag_fail(&cli->diag, DIAG_USAGE, "`%.40s' is no %s", text, what);
	return diag_why(&cli->diag, "it is a number from %u to 65535", least);
}

static int failed(struct diag *d, const struct found_guest *g, int rc)
{
	diag_fail(d, DIAG_FAILED, "cannot do with the weight and cap of guest %s", g->name);
	if (rc == -EINVAL)
		return diag_why(d, "a cap is 100 at most for each vCPU that a guest may have");
	return diag_why(d, "%s", diag_errno_text(-rc));
}

static int set(struct cli *cli, struct host *h, const struct found_guest *g, uint32_t sched)
{
	uint16_t weight, cap;
	int rc = domctl_get_sched(&h->hv, g->domid, sched, &weight, &cap);

	if (rc)
		return failed(&cli->diag, g, rc);
	if (opt_weight && number(cli, opt_weight, "weight", 1, &weight))
		return -1;
	if (opt_cap && number(cli, opt_cap, "cap", 0, &cap))
		return -1;
	rc = domctl_set_sched(&h->hv, g->domid, sched, weight, cap);
	if (rc)
		return failed(&cli->diag, g, rc);
	output_done(cli, g->name, g->domid, "set", NULL);
	return 0;
}

static int show(struct cli *cli, struct host *h, const struct found_guest *all, size_t count,
		uint32_t sched)
{
	json_t *out = json_array();

	if (!cli->json)
		printf("%-32s %5s %6s %5s\n", "Name", "ID", "Weight", "Cap");
	for (size_t i = 0; i < count; i++) {
		uint16_t weight, cap;
		int rc = domctl_get_sched(&h->hv, all[i].domid, sched, &weight, &cap);

		if (rc) {
			json_decref(out);
			return failed(&cli->diag, &all[i], rc);
		}
		if (cli->json)
			json_array_append_new(out, json_pack("{s:s, s:i, s:i, s:i}", "name",
							     all[i].name, "domid", (int)all[i].domid,
							     "weight", (int)weight, "cap", (int)cap));
		else
			printf("%-32s %5u %6u %5u\n", all[i].name, all[i].domid, weight, cap);
	}
	if (cli->json)
		output_json(out);
	else
		json_decref(out);
	return 0;
}

static int sched_run(struct cli *cli)
{
	struct found_guest one, *all = NULL;
	size_t count = 1;
	uint32_t sched;
	struct host h;
	int rc;

	if ((opt_weight || opt_cap) && !cli->nr_args) {
		diag_fail(&cli->diag, DIAG_USAGE, "no guest is named");
		return diag_hint(&cli->diag, "lamina sched GUEST -w 512");
	}
	if (host_open_hv(&h, &cli->diag))
		return -1;
	rc = cli->nr_args ? find_guest(&h, cli->args[0], &one, &cli->diag)
			  : find_all(&h, &all, &count, &cli->diag);
	if (!rc && sysctl_sched_id(&h.hv, &sched))
		rc = diag_fail(&cli->diag, DIAG_FAILED, "the hypervisor does not name its scheduler");
	if (!rc && (opt_weight || opt_cap))
		rc = set(cli, &h, &one, sched);
	else if (!rc)
		rc = show(cli, &h, all ? all : &one, count, sched);
	free(all);
	host_close(&h);
	return rc ? -1 : 0;
}

static const struct verb_option sched_options[] = {
	{ 'w', "weight", "WEIGHT", "its share beside others': 1 to 65535, 256 at first", NULL,
	  &opt_weight },
	{ 'c', "cap", "PERCENT", "most CPU time, 100 is one CPU; 0: no limit", NULL, &opt_cap },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_sched = {
	.name = "sched",
	.args = "[GUEST] [-w WEIGHT] [-c PERCENT]",
	.summary = "show or set what share of the CPUs a guest gets",
	.more = "Guests that want a CPU at the same time share it by weight.",
	.max_args = 1,
	.options = sched_options,
	.run = sched_run,
};
