/* SPDX-License-Identifier: MIT */
/*
 * lamina list: the domains there are, one a line.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/output.h"
#include "config/guest.h"
#include "domain/end.h"
#include "domain/find.h"

static json_t *guest_json(const struct found_guest *g)
{
	const struct xen_domctl_getdomaininfo *i = &g->info;
	char uuid[GUEST_UUID_TEXT], flags[OUTPUT_FLAGS];
	enum end_reason why = end_reason_of(i);
	json_t *o;

	find_uuid(g, uuid);
	output_state_flags(i->flags, flags);
	o = json_pack("{s:s, s:i, s:s, s:I, s:I, s:i, s:i, s:s, s:s, s:f}", "name", g->name,
		      "domid", (int)g->domid, "uuid", uuid, "memory_kib",
		      (json_int_t)(i->tot_pages + i->outstanding_pages) * 4, "max_memory_kib",
		      (json_int_t)i->max_pages * 4, "vcpus", (int)i->nr_online_vcpus, "max_vcpus",
		      (int)i->max_vcpu_id + 1, "state", output_state_word(i->flags), "flags", flags,
		      "cpu_time_s", (double)i->cpu_time / 1e9);
	if (o && why >= 0)
		json_object_set_new(o, "reason", json_string(end_reason_name(why)));
	return o;
}

static void guest_text(const struct found_guest *g)
{
	const struct xen_domctl_getdomaininfo *i = &g->info;
	char flags[OUTPUT_FLAGS];

	output_state_flags(i->flags, flags);
	printf("%-40s %5u %5llu %5u     %s %9.1f\n", g->name[0] ? g->name : "(no name)", g->domid,
	       (unsigned long long)((i->tot_pages + i->outstanding_pages) >> 8), i->nr_online_vcpus,
	       flags, (double)i->cpu_time / 1e9);
}

static int list_run(struct cli *cli)
{
	struct found_guest *all, one;
	json_t *array;
	size_t count;
	struct host h;
	int rc;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	if (cli->nr_args) {
		all = malloc(sizeof(one));
		count = 1;
		rc = all ? find_guest(&h, cli->args[0], &one, &cli->diag) : -1;
		if (!rc)
			*all = one;
		else
			free(all);
	} else {
		rc = find_all(&h, &all, &count, &cli->diag);
	}
	host_close(&h);
	if (rc)
		return -1;
	array = json_array();
	if (!cli->json)
		printf("%-40s %5s %5s %5s     %s %9s\n", "Name", "ID", "Mem", "VCPUs", "State ",
		       "Time(s)");
	for (size_t i = 0; i < count; i++) {
		if (cli->json)
			json_array_append_new(array, guest_json(&all[i]));
		else
			guest_text(&all[i]);
	}
	free(all);
	if (cli->json)
		output_json(array);
	else
		json_decref(array);
	return 0;
}

const struct verb verb_list = {
	.name = "list",
	.alias = "ls",
	.args = "[GUEST]",
	.summary = "list guests with memory, vCPUs, state and CPU time",
	.more = "State: r running, b blocked, p paused, s shut down, c crashed, d dying.\n"
		"Memory is in MiB.",
	.max_args = 1,
	.run = list_run,
};
