/* SPDX-License-Identifier: MIT */
/*
 * lamina create: start a guest from a configuration file.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/config_file.h"
#include "cli/output.h"
#include "config/schema.h"
#include "console/attach.h"
#include "domain/create.h"
#include "domain/monitor.h"
#include "hv/domctl.h"

static bool opt_console, opt_paused, opt_dry_run, opt_timing, opt_quiet;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The monitor runs elsewhere, so files must be found from anywhere. */
static void make_absolute(char **path)
{
	char *real = *path ? realpath(*path, NULL) : NULL;

	if (real) {
		free(*path);
		*path = real;
	}
}

static int dry_run(struct cli *cli, const struct guest_config *g)
{
	struct host h;
	struct diag none = { 0 };
	bool have_host = host_open(&h, &none) == 0;
	int rc = create_check(have_host ? &h : NULL, g, &cli->diag);

	if (have_host)
		host_close(&h);
	if (rc)
		return -1;
	if (cli->json) {
		output_json(schema_json(g));
		return 0;
	}
	schema_write(g, stdout);
	if (!have_host)
		fprintf(stderr, "note: no hypervisor here, so name and memory were not checked\n");
	return 0;
}

static void print_timing(const struct create_result *r, double total)
{
	fprintf(stderr,
		"timing: config parsed to unpaused %.1f ms (open %.1f%s, build %.1f, store %.1f)\n",
		total, r->open_ms, r->kernel_unpacked ? " with unpacking" : "", r->build_ms,
		r->store_ms);
}

/* Lets the guest run, unless it is to stay paused, and watches over it. */
static int start(struct host *h, const struct guest_config *g, const struct create_result *res,
		 struct diag *d)
{
	int rc = opt_paused ? 0 : domctl_unpause(&h->hv, res->domid);

	if (rc) {
		create_undo(h, g, res->domid);
		diag_fail(d, DIAG_FAILED, "cannot start guest %s", g->name);
		return diag_why(d, "%s", diag_errno_text(-rc));
	}
	return 0;
}

static void watch_over(const struct guest_config *g, uint32_t domid)
{
	int rc = monitor_save(g, domid);

	if (!rc)
		rc = monitor_spawn(g, domid);
	if (rc)
		fprintf(stderr,
			"warning: guest %s has no monitor (%s); on_reboot and its like "
			"have no effect\n",
			g->name, strerror(-rc));
}

static int create_now(struct cli *cli, const struct guest_config *g, double parsed)
{
	struct create_result res;
	struct host h;
	double done;

	if (host_open(&h, &cli->diag))
		return -1;
	if (create_guest(&h, g, &res, &cli->diag) || start(&h, g, &res, &cli->diag)) {
		host_close(&h);
		return -1;
	}
	done = now_ms();
	watch_over(g, res.domid);
	host_close(&h);
	if (opt_timing || getenv("LAMINA_TIMING"))
		print_timing(&res, done - parsed);
	if (cli->json)
		output_json(json_pack("{s:s, s:i, s:s, s:f}", "name", g->name, "domid",
				      (int)res.domid, "done", opt_paused ? "paused" : "started",
				      "create_ms", done - parsed));
	else if (!opt_quiet)
		printf("guest %s %s, id %u\n", g->name, opt_paused ? "waits paused" : "runs",
		       res.domid);
	fflush(stdout);
	if (!opt_console)
		return 0;
	return attach_guest(g->name, res.domid, &cli->diag);
}

static int create_run(struct cli *cli)
{
	struct guest_config g;
	double parsed;
	int rc;

	if (config_file_read(cli->args[0], cli->args + 1, cli->nr_args - 1, &g, &cli->diag))
		return -1;
	parsed = now_ms();
	make_absolute(&g.kernel);
	make_absolute(&g.ramdisk);
	rc = opt_dry_run ? dry_run(cli, &g) : create_now(cli, &g, parsed);
	guest_free(&g);
	return rc;
}

static const struct verb_option create_options[] = {
	{ 'c', "console", NULL, "attach to the guest's console; ^] leaves it", &opt_console, NULL },
	{ 'p', "paused", NULL, "leave the guest paused", &opt_paused, NULL },
	{ 'n', "dry-run", NULL, "check everything, make nothing, print the settings", &opt_dry_run,
	  NULL },
	{ 'q', "quiet", NULL, "print nothing when all goes well", &opt_quiet, NULL },
	{ 0, "timing", NULL, "print how long it took, in milliseconds", &opt_timing, NULL },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_create = {
	.name = "create",
	.args = "[-c] [-p] [-n] FILE [KEY=VALUE]...",
	.summary = "start a guest from a configuration file",
	.more = "KEY=VALUE overrides the file, for example memory=256.  lamina.cfg(5) has the "
		"keys.",
	.min_args = 1,
	.max_args = -1,
	.options = create_options,
	.run = create_run,
};
