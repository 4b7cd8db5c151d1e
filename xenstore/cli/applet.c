/* SPDX-License-Identifier: MIT */
/*
 * What the commands of the xenstore tool have in common.
 */
#include "cli/applet.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A transaction that conflicts this often says so instead of trying on. */
#define TRIES 1000

bool applet_has(const struct applet_run *run, char letter)
{
	return strchr(run->options, letter);
}

int applet_fail(const char *what, const char *path, int rc)
{
	if (rc != -EAGAIN)
		fprintf(stderr, "xenstore: cannot %s %s: %s\n", what, path, strerror(-rc));
	return rc;
}

void applet_usage(const struct applet *applet, bool to_stderr)
{
	fprintf(to_stderr ? stderr : stdout, "Usage: xenstore %s [-h] [-s] [--json] %s\n  %s\n",
		applet->name, applet->arguments, applet->summary);
}

static void add_option(struct applet_run *run, char letter)
{
	size_t n = strlen(run->options);

	if (n + 1 < sizeof(run->options))
		run->options[n] = letter;
}

/* -1: go on; otherwise an exit status. */
static int parse(const struct applet *applet, int argc, char **argv, struct applet_run *run,
		 bool *socket_only)
{
	static const struct option long_options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	char letters[32];
	int option;

	snprintf(letters, sizeof(letters), "+hs%s", applet->options);
	while ((option = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		switch (option) {
		case 'h': applet_usage(applet, false); return 0;
		case 's': *socket_only = true; break;
		case 'j': run->json = true; break;
		case '?': applet_usage(applet, true); return 2;
		default:
			add_option(run, (char)option);
			if (optarg)
				run->number = strtol(optarg, NULL, 10);
			break;
		}
	}
	run->argc = argc - optind;
	run->argv = argv + optind;
	if (run->argc < applet->min_arguments) {
		applet_usage(applet, true);
		return 2;
	}
	return -1;
}

static int connect(struct applet_run *run, bool socket_only)
{
	const char *rundir = getenv("XENSTORED_RUNDIR");
	char path[4096];
	int rc;

	snprintf(path, sizeof(path), "%s/socket", rundir ? rundir : "/run/xenstored");
	rc = xsc_open(socket_only ? path : NULL, &run->xs);
	if (rc)
		fprintf(stderr, "xenstore: no XenStore here (%s): is xenstored running?\n",
			strerror(-rc));
	return rc;
}

static int run_in_transaction(const struct applet *applet, struct applet_run *run)
{
	for (int i = 0; i < TRIES; i++) {
		int rc = xsc_transaction_start(run->xs, &run->tx);
		int end;

		if (rc)
			return applet_fail("begin", "a transaction", rc);
		rc = applet->run(run);
		end = xsc_transaction_end(run->xs, run->tx, rc);
		if (end == -EAGAIN)
			continue;
		if (end && !rc)
			return applet_fail("end", "the transaction", end);
		return rc;
	}
	fprintf(stderr, "xenstore: others change the same nodes all the time; nothing was done\n");
	return 1;
}

int applet_main(const struct applet *applet, int argc, char **argv)
{
	struct applet_run run = { .number = -1 };
	bool socket_only = false;
	int rc = parse(applet, argc, argv, &run, &socket_only);

	if (rc >= 0)
		return rc;
	rc = connect(&run, socket_only);
	if (rc)
		return 1;
	if (applet->in_transaction)
		rc = run_in_transaction(applet, &run);
	else
		rc = applet->run(&run);
	xsc_close(run.xs);
	if (fflush(stdout))
		rc = 1;
	return rc < 0 ? 1 : rc;
}
