/* SPDX-License-Identifier: MIT */
/*
 * lamina vcpu-pin: on which CPUs a guest's vCPUs may and had better run.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "config/guest.h"
#include "domain/find.h"
#include "hv/domctl.h"

/* What was asked: sets of CPUs, where given. */
struct pin {
	bool has[2];
	struct guest_cpus set[2];
};

static const uint32_t kinds[] = { XEN_VCPUAFFINITY_HARD, XEN_VCPUAFFINITY_SOFT };
static const char *const kind_names[] = { "hard", "soft" };

static int parse(struct cli *cli, struct pin *p)
{
	for (int i = 0; i < 2; i++) {
		const char *word = 2 + i < cli->nr_args ? cli->args[2 + i] : "-", *why;

		p->has[i] = strcmp(word, "-") != 0;
		why = p->has[i] ? guest_cpus_parse(word, &p->set[i]) : NULL;
		if (!why)
			continue;
		diag_fail(&cli->diag, DIAG_USAGE, "`%.60s' is no set of CPUs", word);
		diag_why(&cli->diag, "%s", why);
		return diag_hint(&cli->diag, "lamina vcpu-pin %.60s %.20s 0-3,^2", cli->args[0],
				 cli->args[1]);
	}
	return 0;
}

/* The vCPUs meant: one or all, from *@first up to *@last. */
static int which(struct cli *cli, const struct found_guest *g, uint32_t *first, uint32_t *last)
{
	const char *word = cli->args[1];
	char *end;
	unsigned long n;

	*first = 0;
	*last = g->info.max_vcpu_id;
	if (strcmp(word, "all") == 0)
		return 0;
	n = strtoul(word, &end, 10);
	if (end == word || *end || n > *last) {
		diag_fail(&cli->diag, DIAG_USAGE, "guest %s has no vCPU `%.20s'", g->name, word);
		diag_why(&cli->diag, "its vCPUs are 0 to %u, or all", *last);
		return diag_hint(&cli->diag, "lamina vcpu-list %s", g->name);
	}
	*first = *last = (uint32_t)n;
	return 0;
}

static int apply(struct host *h, const struct found_guest *g, uint32_t vcpu, const struct pin *p,
		 struct diag *d)
{
	for (int i = 0; i < 2; i++) {
		struct hv_cpuset set;
		int rc;

		if (!p->has[i])
			continue;
		memcpy(&set, &p->set[i], sizeof(set));
		rc = domctl_set_affinity(&h->hv, g->domid, vcpu, kinds[i], &set);
		if (!rc)
			continue;
		diag_fail(d, DIAG_FAILED, "cannot set the %s affinity of vCPU %u of guest %s",
			  kind_names[i], vcpu, g->name);
		diag_why(d, "%s",
			 rc == -EINVAL ? "none of these CPUs is online" : diag_errno_text(-rc));
		return diag_hint(d, "lamina info   says how many CPUs there are");
	}
	return 0;
}

static int vcpu_pin_run(struct cli *cli)
{
	struct pin p = { 0 };
	struct found_guest g;
	struct host h;
	uint32_t first = 0, last = 0;
	int rc;

	if (parse(cli, &p))
		return -1;
	if (host_open_hv(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc)
		rc = which(cli, &g, &first, &last);
	for (uint32_t v = first; !rc && v <= last; v++)
		rc = apply(&h, &g, v, &p, &cli->diag);
	if (!rc)
		output_done(cli, g.name, g.domid, "pinned", NULL);
	host_close(&h);
	return rc ? -1 : 0;
}

const struct verb verb_vcpu_pin = {
	.name = "vcpu-pin",
	.args = "GUEST VCPU HARD [SOFT]",
	.summary = "say on which CPUs a vCPU runs",
	.more = "VCPU is a number or all.  HARD, where it may run, and SOFT, where it had better,\n"
		"are sets like 0-3,^2 or all; - leaves one as it is.",
	.min_args = 3,
	.max_args = 4,
	.run = vcpu_pin_run,
};
