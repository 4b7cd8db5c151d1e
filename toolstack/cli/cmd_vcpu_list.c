/* SPDX-License-Identifier: MIT */
/*
 * lamina vcpu-list: the vCPUs of guests, where they run and where they may.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "config/guest.h"
#include "domain/find.h"
#include "hv/domctl.h"
#include "hv/sysctl.h"

struct row {
	const struct found_guest *guest;
	uint32_t vcpu;
	struct xen_domctl_getvcpuinfo info;
	char affinity[256], soft[256];
};

/* The CPUs of one kind of affinity in text; empty if the hypervisor does not say. */
static void affinity_text(struct host *h, const struct row *r, uint32_t kind, unsigned int nr_cpus,
			  char *out, size_t room)
{
	struct guest_cpus set;
	struct hv_cpuset cpus;

	if (domctl_get_affinity(&h->hv, r->guest->domid, r->vcpu, kind, &cpus))
		return;
	memcpy(&set, &cpus, sizeof(set));
	guest_cpus_format(&set, nr_cpus, out, room);
}

static const char *state_flags(const struct xen_domctl_getvcpuinfo *i)
{
	if (!i->online)
		return "--p";
	if (i->running)
		return "r--";
	return i->blocked ? "-b-" : "---";
}

static const char *state_word(const struct xen_domctl_getvcpuinfo *i)
{
	if (!i->online)
		return "offline";
	if (i->running)
		return "running";
	return i->blocked ? "blocked" : "runnable";
}

static void row_text(const struct row *r)
{
	char cpu[16] = "-";

	if (r->info.online)
		snprintf(cpu, sizeof(cpu), "%u", r->info.cpu);
	printf("%-32s %5u %5u %5s   %s  %9.1f  %s / %s\n",
	       r->guest->name[0] ? r->guest->name : "(no name)", r->guest->domid, r->vcpu, cpu,
	       state_flags(&r->info), (double)r->info.cpu_time / 1e9, r->affinity, r->soft);
}

static json_t *row_json(const struct row *r)
{
	return json_pack("{s:s, s:i, s:i, s:i, s:s, s:f, s:s, s:s}", "name", r->guest->name,
			 "domid", (int)r->guest->domid, "vcpu", (int)r->vcpu, "cpu",
			 r->info.online ? (int)r->info.cpu : -1, "state", state_word(&r->info),
			 "cpu_time_s", (double)r->info.cpu_time / 1e9, "affinity", r->affinity,
			 "soft_affinity", r->soft);
}

/* All rows of a guest; a vCPU that was never made is passed over. */
static void list_guest(struct cli *cli, struct host *h, const struct found_guest *g,
		       unsigned int nr_cpus, json_t *out)
{
	for (uint32_t v = 0; v <= g->info.max_vcpu_id && g->info.max_vcpu_id != ~0U; v++) {
		struct row r = { .guest = g, .vcpu = v };

		if (domctl_vcpu_info(&h->hv, g->domid, v, &r.info))
			continue;
		affinity_text(h, &r, XEN_VCPUAFFINITY_HARD, nr_cpus, r.affinity, sizeof(r.affinity));
		affinity_text(h, &r, XEN_VCPUAFFINITY_SOFT, nr_cpus, r.soft, sizeof(r.soft));
		if (cli->json)
			json_array_append_new(out, row_json(&r));
		else
			row_text(&r);
	}
}

static int vcpu_list_run(struct cli *cli)
{
	struct xen_sysctl_physinfo p = { .max_cpu_id = HV_MAX_CPUS - 1 };
	struct found_guest *all = NULL;
	size_t count = 0;
	json_t *out;
	struct host h;
	int rc = 0;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	if (cli->nr_args) {
		all = calloc((size_t)cli->nr_args, sizeof(*all));
		for (; all && count < (size_t)cli->nr_args && !rc; count++)
			rc = find_guest(&h, cli->args[count], &all[count], &cli->diag);
	} else {
		rc = find_all(&h, &all, &count, &cli->diag);
	}
	if (rc) {
		free(cli->nr_args ? all : NULL);
		host_close(&h);
		return -1;
	}
	sysctl_physinfo(&h.hv, &p);
	out = json_array();
	if (!cli->json)
		printf("%-32s %5s %5s %5s %5s  %9s  %s\n", "Name", "ID", "VCPU", "CPU", "State",
		       "Time(s)", "Affinity (hard / soft)");
	for (size_t i = 0; i < count; i++)
		list_guest(cli, &h, &all[i], p.max_cpu_id + 1, out);
	if (cli->json)
		output_json(out);
	else
		json_decref(out);
	free(all);
	host_close(&h);
	return 0;
}

const struct verb verb_vcpu_list = {
	.name = "vcpu-list",
	.args = "[GUEST]...",
	.summary = "list vCPUs: where they run, and where they may",
	.more = "State: r running, b blocked, p offline.",
	.max_args = -1,
	.run = vcpu_list_run,
};
