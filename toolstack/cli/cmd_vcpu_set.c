/* SPDX-License-Identifier: MIT */
/*
 * lamina vcpu-set: ask a guest's kernel to run more or fewer vCPUs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/ask.h"
#include "cli/output.h"
#include "domain/find.h"
#include "hv/domctl.h"

#define POLL_MS 100

static const char *opt_timeout = ASK_TIMEOUT;

static int count(struct cli *cli, const struct found_guest *g, uint32_t *n)
{
	char *end;
	unsigned long v = strtoul(cli->args[1], &end, 10);
	uint32_t most = g->info.max_vcpu_id + 1;

	*n = (uint32_t)v;
	if (end != cli->args[1] && !*end && v >= 1 && v <= most)
		return 0;
	diag_fail(&cli->diag, DIAG_USAGE, "guest %s cannot have `%.20s' vCPUs", g->name,
		  cli->args[1]);
	diag_why(&cli->diag, "it was started with a limit of %u", most);
	return diag_hint(&cli->diag, "maxvcpus = ...   in its configuration, then start it anew");
}

/* Wait until it runs @want; the kernel may refuse, or have no time. */
static int wait_for(struct cli *cli, struct host *h, const struct found_guest *g, uint32_t want,
		    int ms)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	struct xen_domctl_getdomaininfo info = { 0 };

	for (;; ms -= POLL_MS) {
		int rc = domctl_info(&h->hv, g->domid, &info);

		if (rc) {
			diag_fail(&cli->diag, DIAG_FAILED, "guest %s was asked, and has gone",
				  g->name);
			return diag_why(&cli->diag, "%s", diag_errno_text(-rc));
		}
		if (info.nr_online_vcpus == want)
			return 0;
		if (ms <= 0)
			break;
		nanosleep(&pause, NULL);
	}
	diag_fail(&cli->diag, DIAG_TIMEOUT, "guest %s runs %u vCPUs, not %u", g->name,
		  info.nr_online_vcpus, want);
	diag_why(&cli->diag, info.flags & XEN_DOMINF_paused
				     ? "it is paused"
				     : "its kernel has not done it yet, or cannot");
	if (info.nr_online_vcpus < want)
		return diag_hint(&cli->diag, "without udev, in the guest: "
					     "echo 1 > /sys/devices/system/cpu/cpuN/online");
	return diag_hint(&cli->diag, "lamina console %s   shows what its kernel says", g->name);
}

static int vcpu_set_run(struct cli *cli)
{
	struct found_guest g;
	struct host h;
	uint32_t n;
	int ms, rc;

	if (ask_timeout(cli, opt_timeout, &ms))
		return -1;
	if (host_open(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (!rc)
		rc = count(cli, &g, &n);
	if (!rc) {
		rc = nodes_set_vcpus(h.xs, g.domid, n, g.info.max_vcpu_id + 1);
		if (rc) {
			diag_fail(&cli->diag, DIAG_FAILED, "cannot ask guest %s", g.name);
			diag_why(&cli->diag, "writing to the store: %s", diag_errno_text(-rc));
		}
	}
	if (!rc)
		rc = wait_for(cli, &h, &g, n, ms);
	if (!rc) {
		char text[NODES_NAME_MAX + 40];

		snprintf(text, sizeof(text), "%s runs %u vCPUs", g.name, n);
		output_done(cli, g.name, g.domid, "set", text);
	}
	host_close(&h);
	return rc ? -1 : 0;
}

static const struct verb_option vcpu_set_options[] = {
	{ 't', "timeout", "SECONDS", "how long to wait at most (60)", NULL, &opt_timeout },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_vcpu_set = {
	.name = "vcpu-set",
	.args = "GUEST COUNT",
	.summary = "ask a guest to run more or fewer vCPUs, and wait",
	.more = "The guest's kernel does it.  The configuration's maxvcpus is the most.",
	.min_args = 2,
	.max_args = 2,
	.options = vcpu_set_options,
	.run = vcpu_set_run,
};
