/* SPDX-License-Identifier: MIT */
/*
 * xenstore exists: succeeds if all nodes are there.
 */
#include <errno.h>
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
		else if (rc == -ENOENT)
			status = 1;
		else
			return applet_fail("look at", path, rc);
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
	.arguments = "path...",
	.summary = "succeed if all nodes exist",
	.options = "",
	.min_arguments = 1,
	.run = run_exists,
};
