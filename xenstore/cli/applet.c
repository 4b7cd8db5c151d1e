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
/* The long options that have no letter. */
#define OPTION_HELP 256
#define OPTION_JSON 257

/* What parse() returns if the command is to be run. */
#define GO_ON (-1)

const char *applet_program = "xenstore";

bool applet_has(const struct applet_run *run, char letter)
{
	return strchr(run->options, letter);
}

int applet_fail(const char *what, const char *path, int rc)
{
	if (rc != -EAGAIN)
		fprintf(stderr, "%s: %s %s: %s\n", applet_program, what, path, strerror(-rc));
	return rc;
}

static void print_usage(const struct applet *applet, FILE *out)
{
	const char *dash = strchr(applet_program, '-');

	if (out == stderr)
		fprintf(out, "%s: ", applet_program);
	fprintf(out, "Usage: %s%s%s %s\n", applet_program, dash ? "" : " ",
		dash ? "" : applet->name, applet->arguments);
	fprintf(out, "  %s\n", applet->summary);
}

int applet_wrong_usage(const struct applet *applet)
{
	print_usage(applet, stderr);
	return 1;
}

/* Notes an option; false if the command does not take it. */
static bool take_option(const struct applet *applet, struct applet_run *run, char letter)
{
	const char *known = strchr(applet->options, letter);
	size_t n = strlen(run->options);
	char *end = NULL;

	if (!known || n + 1 == sizeof(run->options))
		return false;
	run->options[n] = letter;
	if (known[1] != ':')
		return true;
	errno = 0;
	if (letter == 'd')
		run->seconds = strtod(optarg, &end);
	else
		run->number = strtol(optarg, &end, 10);
	if (!errno && end != optarg && !*end && run->number >= -1 && run->seconds >= -1)
		return true;
	fprintf(stderr, "%s: -%c %s: not a number that can be used\n", applet_program, letter,
		optarg);
	return false;
}

/* The exit status, or GO_ON. */
static int parse(const struct applet *applet, int argc, char **argv, struct applet_run *run,
		 bool *socket_only)
{
	static const struct option long_options[] = {
		{ "help", no_argument, NULL, OPTION_HELP },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "flat", no_argument, NULL, 'f' },
		{ "prefix", no_argument, NULL, 'p' },
		{ "tidy", no_argument, NULL, 't' },
		{ "upto", no_argument, NULL, 'u' },
		{ "recurse", no_argument, NULL, 'r' },
		{ "number", required_argument, NULL, 'n' },
		{ "raw", no_argument, NULL, 'R' },
		{ "values", no_argument, NULL, 'v' },
		{ "delay", required_argument, NULL, 'd' },
		{ NULL, 0, NULL, 0 },
	};
	const char *letters = applet->words_follow ? "+hs" : "hsfptuvrRn:d:";
	int option;

	/* As a command of its own it would take "-h" for a word. */
	if (applet->words_follow && strchr(applet_program, '-') && argc > 1 &&
	    strncmp(argv[1], "--", 2)) {
		run->argc = argc - 1;
		run->argv = argv + 1;
		return GO_ON;
	}
	while ((option = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		switch (option) {
		case OPTION_HELP: print_usage(applet, stdout); return 0;
		case OPTION_JSON: run->json = true; break;
		case 's': *socket_only = true; break;
		default:
			/* -h, an unknown one, or one of another command. */
			if (!take_option(applet, run, (char)option))
				return applet_wrong_usage(applet);
			break;
		}
	}
	run->argc = argc - optind;
	run->argv = argv + optind;
	return run->argc < applet->min_arguments ? applet_wrong_usage(applet) : GO_ON;
}

static int connect(struct applet_run *run, bool socket_only)
{
	const char *rundir = getenv("XENSTORED_RUNDIR");
	char path[4096];
	int rc;

	snprintf(path, sizeof(path), "%s/socket", rundir ? rundir : "/run/xenstored");
	rc = xsc_open(socket_only ? path : NULL, &run->xs);
	if (rc && run->applet->unreachable)
		fprintf(stderr, "%s\n", run->applet->unreachable);
	if (rc)
		fprintf(stderr, "%s: xs_open: %s: is xenstored running?\n", applet_program,
			strerror(-rc));
	return rc;
}

static int run_in_transaction(const struct applet *applet, struct applet_run *run)
{
	for (int i = 0; i < TRIES; i++) {
		int rc = xsc_transaction_start(run->xs, &run->tx);
		int end;

		if (rc)
			return applet_fail("couldn't start", "transaction", rc);
		rc = applet->run(run);
		end = xsc_transaction_end(run->xs, run->tx, rc);
		if (end == -EAGAIN)
			continue;
		if (end && !rc)
			return applet_fail("couldn't end", "transaction", end);
		return rc;
	}
	fprintf(stderr, "%s: others change the same nodes all the time; nothing was done\n",
		applet_program);
	return 1;
}

int applet_main(const struct applet *applet, int argc, char **argv)
{
	struct applet_run run = { .applet = applet, .number = -1, .seconds = -1 };
	bool socket_only = false;
	int rc;

	/* getopt's own messages begin with this. */
	argv[0] = (char *)(uintptr_t)applet_program;
	rc = parse(applet, argc, argv, &run, &socket_only);
	if (rc != GO_ON)
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
