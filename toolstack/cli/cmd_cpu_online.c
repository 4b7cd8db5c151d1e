/* SPDX-License-Identifier: MIT */
/*
 * lamina cpu-online, cpu-offline: take processors out of service and back.
 */
#include <errno.h>
#include <stdlib.h>

#include "cli/output.h"
#include "domain/host.h"
#include "hv/sysctl.h"

static int failed(struct diag *d, const char *what, uint32_t cpu, uint32_t last, int rc)
{
	diag_fail(d, DIAG_FAILED, "cannot take CPU %u %s", cpu, what);
	if (rc != -EINVAL)
		return diag_why(d, "%s", diag_errno_text(-rc));
	if (cpu <= last)
		return diag_why(d, "CPU 0 is in service always");
	return diag_why(d, "the machine has CPUs 0 to %u", last);
}

static int bad_number(struct cli *cli, const char *word)
{
	diag_fail(&cli->diag, DIAG_USAGE, "`%.20s' is no CPU", word);
	return diag_hint(&cli->diag, "lamina info   says which there are, by max_cpu_id");
}

static int set(struct cli *cli, bool online)
{
	const char *what = online ? "online" : "offline";
	struct xen_sysctl_physinfo info;
	uint32_t cpu;
	struct host h;
	char *end;
	int rc;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	rc = sysctl_physinfo(&h.hv, &info);
	for (int i = 0; !rc && i < cli->nr_args; i++) {
		cpu = (uint32_t)strtoul(cli->args[i], &end, 10);
		if (end == cli->args[i] || *end) {
			rc = bad_number(cli, cli->args[i]);
			break;
		}
		rc = sysctl_cpu_hotplug(&h.hv, cpu, online);
		if (rc)
			rc = failed(&cli->diag, what, cpu, info.max_cpu_id, rc);
		else if (cli->json)
			output_json(json_pack("{s:i, s:s}", "cpu", (int)cpu, "done", what));
	}
	host_close(&h);
	return rc ? -1 : 0;
}

static int cpu_online_run(struct cli *cli)
{
	return set(cli, true);
}

static int cpu_offline_run(struct cli *cli)
{
	return set(cli, false);
}

const struct verb verb_cpu_online = {
	.name = "cpu-online",
	.args = "CPU...",
	.summary = "put processors back into service",
	.more = "CPU is a number, from 1 to what `lamina info' calls max_cpu_id.",
	.min_args = 1,
	.max_args = -1,
	.run = cpu_online_run,
};

const struct verb verb_cpu_offline = {
	.name = "cpu-offline",
	.args = "CPU...",
	.summary = "take processors out of service",
	.more = "CPU is a number from 1 on.  What runs there goes on elsewhere; vCPUs that may "
		"run\n"
		"nowhere else run anywhere until the processor is back.",
	.min_args = 1,
	.max_args = -1,
	.run = cpu_offline_run,
};
