/* SPDX-License-Identifier: MIT */
/*
 * xenstore list: prints the names of children.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"

static void print_json(const char *path, char **names, size_t count)
{
	text_print_json(stdout, path, strlen(path));
	fputs(": [", stdout);
	for (size_t i = 0; i < count; i++) {
		if (i)
			fputs(", ", stdout);
		text_print_json(stdout, names[i], strlen(names[i]));
	}
	putchar(']');
}

static int run_list(const struct applet_run *run)
{
	for (int i = 0; i < run->argc; i++) {
		const char *path = run->argv[i];
		char **names;
		size_t count;
		int rc = xsc_directory(run->xs, run->tx, path, &names, &count);

		if (rc)
			return applet_fail("could not list path", path, rc);
		if (run->json) {
			fputs(i ? ",\n " : "{", stdout);
			print_json(path, names, count);
		}
		for (size_t n = 0; n < count && !run->json; n++) {
			if (applet_has(run, 'p'))
				printf("%s/", path);
			puts(names[n]);
		}
		free(names);
	}
	if (run->json)
		puts("}");
	return 0;
}

const struct applet applet_list = {
	.name = "list",
	.arguments = "[-h] [-p] [-s] key [...]",
	.summary = "print names of children (-p: with paths, --json)",
	.options = "p",
	.min_arguments = 1,
	.run = run_list,
};
