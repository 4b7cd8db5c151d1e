/* SPDX-License-Identifier: MIT */
/*
 * xenstore watch: prints events as they come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"

static void print_json(const struct xsc_event *event, bool with_value, const char *value, size_t len)
{
	fputs("{\"path\": ", stdout);
	text_print_json(stdout, event->path, strlen(event->path));
	fputs(", \"watch\": ", stdout);
	text_print_json(stdout, event->token, strlen(event->token));
	if (with_value) {
		fputs(", \"value\": ", stdout);
		if (value)
			text_print_json(stdout, value, len);
		else
			fputs("null", stdout);
	}
	fputs("}\n", stdout);
}

/* With -v the value is the one of now: a node may have changed again. */
static void print_event(const struct applet_run *run, const struct xsc_event *event)
{
	bool with_value = applet_has(run, 'v');
	char *value = NULL;
	size_t len = 0;

	if (with_value && xsc_read(run->xs, XSC_NO_TX, event->path, &value, &len))
		value = NULL;
	if (run->json) {
		print_json(event, with_value, value, len);
	} else {
		fputs(event->path, stdout);
		if (value) {
			fputs(" = \"", stdout);
			text_print_escaped(stdout, value, len);
			putchar('"');
		}
		putchar('\n');
	}
	free(value);
	/* Readers of a pipe want each event when it happens. */
	fflush(stdout);
}

static int run_watch(const struct applet_run *run)
{
	for (int i = 0; i < run->argc; i++) {
		const char *path = run->argv[i];
		/* The path is the token: it tells which watch has fired. */
		int rc = xsc_watch(run->xs, path, path);

		if (rc)
			return applet_fail("Unable to add watch on", path, rc);
	}
	for (long n = 0; run->number < 0 || n < run->number; n++) {
		struct xsc_event event;
		int rc = xsc_read_watch(run->xs, -1, &event);

		if (rc)
			return applet_fail("couldn't wait for", "events", rc);
		print_event(run, &event);
		xsc_event_clear(&event);
	}
	return 0;
}

const struct applet applet_watch = {
	.name = "watch",
	.arguments = "[-h] [-n NR] key",
	.summary = "print changes as they happen (-n: so many, -v: with values, --json)",
	.options = "n:v",
	.min_arguments = 1,
	.run = run_watch,
};
