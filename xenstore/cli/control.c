/* SPDX-License-Identifier: MIT */
/*
 * xenstore control: commands to the daemon.  Output and exit statuses are those
 * of Debian's xenstore-control: 1 without a daemon, 2 for wrong words, 3 for a
 * command that failed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"

#define STATUS_WRONG_WORDS 2
#define STATUS_FAILED	   3

static int say_wrong(const char *text)
{
	fprintf(stderr, "%s\n", text);
	return STATUS_WRONG_WORDS;
}

/* Says why the daemon took no command; it knows best what it takes. */
static int refused(const struct applet_run *run, int rc)
{
	const char *const words[] = { "help" };
	char *answer;

	if (rc == -EINVAL && !xsc_control(run->xs, words, 1, &answer)) {
		fprintf(stderr, "Command not supported. Valid commands are:\n%s\n", answer);
		free(answer);
	} else {
		fprintf(stderr, "Error %d when trying to execute command.\n%s\n", -rc, strerror(-rc));
	}
	return STATUS_FAILED;
}

/* One step of a live update, which ends with the answer OK. */
static int step(const struct applet_run *run, const char *what, const char *const *words, size_t count)
{
	char *answer = NULL;
	int rc = xsc_control(run->xs, words, count, &answer);
	bool ok = !rc && !strcmp(answer, "OK");

	if (!ok)
		fprintf(stderr, "%s failed:\n%s\n", what, rc ? strerror(-rc) : answer);
	free(answer);
	return ok ? 0 : STATUS_FAILED;
}

/*
 * live-update [-c cmdline] [-F] [-t timeout] file: all the steps in one, as the
 * stock tool has it.
 */
static int live_update(const struct applet_run *run)
{
	const char *file[] = { "live-update", "-f", NULL };
	const char *cmdline[] = { "live-update", "-c", NULL };
	const char *start[] = { "live-update", "-s", "-t", "60", "-F" };
	const char *const abort[] = { "live-update", "-a" };
	size_t start_count = 4;
	int i, rc;

	for (i = 1; i < run->argc; i++) {
		if (!strcmp(run->argv[i], "-c")) {
			if (++i == run->argc)
				return say_wrong("Missing command line value");
			cmdline[2] = run->argv[i];
		} else if (!strcmp(run->argv[i], "-t")) {
			if (++i == run->argc)
				return say_wrong("Missing timeout value");
			start[3] = run->argv[i];
		} else if (!strcmp(run->argv[i], "-F")) {
			start_count = 5;
		} else {
			file[2] = run->argv[i];
		}
	}
	if (!file[2])
		return say_wrong("Missing binary specification");
	rc = step(run, "Setting update binary", file, 3);
	if (rc)
		return rc;
	if (cmdline[2])
		rc = step(run, "Setting update command line", cmdline, 3);
	if (!rc)
		rc = step(run, "Starting live update", start, start_count);
	if (rc)
		step(run, "Aborting live update", abort, 2);
	return rc;
}

/* True for the single steps of a live update, which are the daemon's words. */
static bool is_single_step(const struct applet_run *run)
{
	return run->argc > 1 &&
	       (!strcmp(run->argv[1], "-s") || !strcmp(run->argv[1], "-a") ||
		(run->argc == 3 && (!strcmp(run->argv[1], "-f") || !strcmp(run->argv[1], "-c"))));
}

/* Lines of "name : number" become members of "values". */
static void print_json(const char *answer)
{
	const char *line = answer;
	bool first = true;

	fputs("{\"answer\": ", stdout);
	text_print_json(stdout, answer, strlen(answer));
	fputs(", \"values\": {", stdout);
	while (*line) {
		size_t len = strcspn(line, "\n"), name = strcspn(line, ":\n"), end = name;
		unsigned long long number;

		while (end && line[end - 1] == ' ')
			end--;
		if (name < len && end && sscanf(line + name + 1, "%llu", &number) == 1) {
			fputs(first ? "" : ", ", stdout);
			text_print_json(stdout, line, end);
			printf(": %llu", number);
			first = false;
		}
		line += len + (line[len] == '\n');
	}
	puts("}}");
}

static int run_control(const struct applet_run *run)
{
	bool is_check = !strcmp(run->argv[0], "check");
	char *answer;
	int rc;

	if (!strcmp(run->argv[0], "live-update") && !is_single_step(run))
		return live_update(run);
	rc = xsc_control(run->xs, (const char *const *)run->argv, (size_t)run->argc, &answer);
	if (rc)
		return refused(run, rc);
	if (run->json)
		print_json(answer);
	else
		puts(answer);
	/* A check that found faults has them in its answer. */
	rc = is_check && strcmp(answer, "OK") ? STATUS_FAILED : 0;
	free(answer);
	return rc;
}

const struct applet applet_control = {
	.name = "control",
	.arguments = "<command> [<arg>...]",
	.summary = "command the daemon; \"help\" lists commands (--json)",
	.options = "",
	.min_arguments = 1,
	.run = run_control,
	.words_follow = true,
	.unreachable = "Failed to contact Xenstored.",
};
