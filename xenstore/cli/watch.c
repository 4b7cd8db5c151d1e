/* SPDX-License-Identifier: MIT */
/*
 * xenstore watch: prints events as they come.
 */
#include <stdio.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"

static void print_event(const struct applet_run *run, const struct xsc_event *event)
{
	if (run->json) {
		fputs("{\"path\": ", stdout);
		text_print_json(stdout, event->path, strlen(event->path));
		fputs(", \"watch\": ", stdout);
		text_print_json(stdout, event->token, strlen(event->token));
		fputs("}\n", stdout);
	} else {
		puts(event->path);
	}
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
			return applet_fail("watch", path, rc);
	}
	for (long n = 0; run->number < 0 || n < run->number; n++) {
		struct xsc_event event;
		int rc = xsc_read_watch(run->xs, -1, &event);

		if (rc)
			return applet_fail("wait for", "events", rc);
		print_event(run, &event);
		xsc_event_clear(&event);
	}
	return 0;
}

const struct applet applet_watch = {
	.name = "watch",
	.arguments = "[-n count] path...",
	.summary = "print changes as they happen (-n: so many)",
	.options = "n:",
	.min_arguments = 1,
	.run = run_watch,
};
