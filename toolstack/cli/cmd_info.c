/* SPDX-License-Identifier: MIT */
/*
 * lamina info: the machine and its hypervisor.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/output.h"
#include "domain/host.h"
#include "hv/sysctl.h"

static const char *scheduler_name(uint32_t id)
{
	switch (id) {
	case XEN_SCHEDULER_CREDIT: return "credit";
	case XEN_SCHEDULER_CREDIT2: return "credit2";
	case XEN_SCHEDULER_ARINC653: return "arinc653";
	case XEN_SCHEDULER_RTDS: return "rtds";
	case XEN_SCHEDULER_NULL: return "null";
	default: return "unknown";
	}
}

static json_t *collect(const struct xen_sysctl_physinfo *p, const struct hv_version *v, uint32_t sched)
{
	struct utsname u;
	json_t *o = json_object();
	char text[64];

	memset(&u, 0, sizeof(u));
	uname(&u);
	json_object_set_new(o, "host", json_string(u.nodename));
	json_object_set_new(o, "release", json_string(u.release));
	json_object_set_new(o, "machine", json_string(u.machine));
	json_object_set_new(o, "nr_cpus", json_integer(p->nr_cpus));
	json_object_set_new(o, "max_cpu_id", json_integer(p->max_cpu_id));
	json_object_set_new(o, "nr_nodes", json_integer(p->nr_nodes));
	json_object_set_new(o, "cores_per_socket", json_integer(p->cores_per_socket));
	json_object_set_new(o, "threads_per_core", json_integer(p->threads_per_core));
	json_object_set_new(o, "cpu_mhz", json_real((double)p->cpu_khz / 1e3));
	json_object_set_new(o, "total_memory", json_integer((json_int_t)(p->total_pages >> 8)));
	json_object_set_new(o, "free_memory",
			    json_integer((json_int_t)((p->free_pages + p->scrub_pages) >> 8)));
	snprintf(text, sizeof(text), "%u.%u", v->major, v->minor);
	json_object_set_new(o, "xen_version", json_string(text));
	json_object_set_new(o, "xen_major", json_integer(v->major));
	json_object_set_new(o, "xen_minor", json_integer(v->minor));
	json_object_set_new(o, "xen_extra", json_string(v->extra));
	json_object_set_new(o, "xen_caps", json_string(v->caps));
	json_object_set_new(o, "xen_scheduler", json_string(scheduler_name(sched)));
	json_object_set_new(o, "xen_pagesize", json_integer(v->page_size));
	snprintf(text, sizeof(text), "virt_start=0x%llx", (unsigned long long)v->virt_start);
	json_object_set_new(o, "platform_params", json_string(text));
	json_object_set_new(o, "xen_changeset", json_string(v->changeset));
	json_object_set_new(o, "xen_commandline", json_string(v->cmdline));
	json_object_set_new(o, "cc_compiler", json_string(v->compiler));
	json_object_set_new(o, "cc_compile_by", json_string(v->compiled_by));
	json_object_set_new(o, "cc_compile_date", json_string(v->compile_date));
	return o;
}

static void print_text(json_t *o)
{
	const char *key;
	json_t *v;

	json_object_foreach(o, key, v)
	{
		printf("%-22s : ", key);
		if (json_is_string(v))
			printf("%s\n", json_string_value(v));
		else if (json_is_real(v))
			printf("%.3f\n", json_real_value(v));
		else
			printf("%lld\n", (long long)json_integer_value(v));
	}
}

static int info_run(struct cli *cli)
{
	struct xen_sysctl_physinfo p;
	struct hv_version v;
	uint32_t sched = 0;
	struct host h;
	json_t *o;
	int rc;

	if (host_open_hv(&h, &cli->diag))
		return -1;
	rc = hv_version_get(&h.hv, &v);
	if (!rc)
		rc = sysctl_physinfo(&h.hv, &p);
	if (!rc)
		rc = sysctl_sched_id(&h.hv, &sched);
	host_close(&h);
	if (rc) {
		diag_fail(&cli->diag, DIAG_FAILED, "cannot ask the hypervisor about the machine");
		diag_why(&cli->diag, "%s", diag_errno_text(-rc));
		return diag_hint(&cli->diag, "run as root in the control domain");
	}
	o = collect(&p, &v, sched);
	if (cli->json) {
		output_json(o);
		return 0;
	}
	print_text(o);
	json_decref(o);
	return 0;
}

const struct verb verb_info = {
	.name = "info",
	.args = "",
	.summary = "show the machine: CPUs, memory, hypervisor version",
	.more = "Memory is in MiB.",
	.run = info_run,
};
