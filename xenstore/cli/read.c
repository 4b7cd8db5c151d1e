/* SPDX-License-Identifier: MIT */
/*
 * xenstore read: prints values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"

static void print(const struct applet_run *run, const char *path, const char *value, size_t len)
{
	if (applet_has(run, 'p'))
		printf("%s: ", path);
	if (applet_has(run, 'R'))
		fwrite(value, 1, len, stdout);
	else
		text_print_escaped(stdout, value, len);
	if (!applet_has(run, 'R'))
		putchar('\n');
}

static int run_read(const struct applet_run *run)
{
	for (int i = 0; i < run->argc; i++) {
		const char *path = run->argv[i];
		char *value;
		size_t len;
		int rc = xsc_read(run->xs, run->tx, path, &value, &len);

		if (rc)
			return applet_fail("couldn't read path", path, rc);
		if (run->json) {
			fputs(i ? ",\n " : "{", stdout);
			text_print_json(stdout, path, strlen(path));
			fputs(": ", stdout);
			text_print_json(stdout, value, len);
		} else {
			print(run, path, value, len);
		}
		free(value);
	}
	if (run->json)
		puts("}");
	return 0;
}

const struct applet applet_read = {
	.name = "read",
	.arguments = "[-h] [-p] [-s] [-R] key [...]",
	.summary = "print values (-p: with paths, -R: raw, --json)",
	.options = "pR",
	.min_arguments = 1,
	.run = run_read,
};
