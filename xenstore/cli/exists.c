/* SPDX-License-Identifier: MIT */
/*
 * xenstore exists: succeeds if all nodes are there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"

static int run_exists(const struct applet_run *run)
{
	int status = 0;

	for (int i = 0; i < run->argc; i++) {
		const char *path = run->argv[i];
		char *value;
		int rc = xsc_read(run->xs, run->tx, path, &value, NULL);

		if (!rc)
			free(value);
		else
			status = 1;
		if (run->json) {
			fputs(i ? ", " : "{", stdout);
			text_print_json(stdout, path, strlen(path));
			fputs(rc ? ": false" : ": true", stdout);
		}
	}
	if (run->json)
		puts("}");
	return status;
}

const struct applet applet_exists = {
	.name = "exists",
	.arguments = "[-h] [-p] [-s] key [...]",
	.summary = "succeed if all nodes can be read (--json: say which)",
	/* -p is for nothing, as in the stock tool's usage. */
	.options = "",
	.min_arguments = 1,
	.run = run_exists,
};
