/* SPDX-License-Identifier: MIT */
/*
 * xenstore ls: prints a tree with its values, out of one snapshot.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"
#include "protocol/path.h"

struct ls {
	const struct applet_run *run;
	/* The path of the node at hand. */
	char path[PATH_BUF];
	bool printed;
};

static void print_perms(const struct ls *ls)
{
	struct perm *perms;
	size_t count;

	if (xsc_get_perms(ls->run->xs, ls->run->tx, ls->path, &perms, &count))
		return;
	fputs(ls->run->json ? ", \"perms\": [" : "   (", stdout);
	for (size_t i = 0; i < count; i++) {
		char text[PERM_TEXT_MAX];

		perms_format_one(&perms[i], text);
		if (ls->run->json)
			printf("%s\"%s\"", i ? ", " : "", text);
		else
			printf("%s%s", i ? "," : "", text);
	}
	fputs(ls->run->json ? "]" : ")", stdout);
	free(perms);
}

static void print_node(struct ls *ls, const char *name, int depth)
{
	const struct applet_run *run = ls->run;
	char *value = NULL;
	size_t len = 0;
	int rc = xsc_read(run->xs, run->tx, ls->path, &value, &len);

	if (run->json) {
		fputs(ls->printed ? ",\n {\"path\": " : "[{\"path\": ", stdout);
		text_print_json(stdout, ls->path, strlen(ls->path));
		fputs(", \"value\": ", stdout);
		if (rc)
			fputs("null", stdout);
		else
			text_print_json(stdout, value, len);
	} else {
		if (applet_has(run, 'f'))
			fputs(ls->path, stdout);
		else
			printf("%*s%s", depth, "", name);
		if (!rc) {
			fputs(" = \"", stdout);
			text_print_escaped(stdout, value, len);
			putchar('"');
		}
	}
	free(value);
	ls->printed = true;
	if (applet_has(run, 'p') || run->json)
		print_perms(ls);
	fputs(run->json ? "}" : "\n", stdout);
}

static int print_children(struct ls *ls, int depth)
{
	size_t len = strlen(ls->path), count;
	char **names;
	int rc = xsc_directory(ls->run->xs, ls->run->tx, ls->path, &names, &count);

	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++) {
		size_t at = len > 1 ? len : 0;

		if (at + strlen(names[i]) + 2 > sizeof(ls->path))
			continue;
		ls->path[at] = '/';
		strcpy(ls->path + at + 1, names[i]);
		print_node(ls, names[i], depth);
		/* A child that may not be listed is no reason to stop. */
		rc = print_children(ls, depth + 1);
		ls->path[len] = '\0';
		if (rc && rc != -EACCES && rc != -ENOENT)
			break;
		rc = 0;
	}
	free(names);
	return rc;
}

static int ls_one(const struct applet_run *run, const char *path)
{
	struct ls ls = { .run = run };
	int rc;

	if (strlen(path) >= sizeof(ls.path))
		return applet_fail("list", path, -EINVAL);
	strcpy(ls.path, path);
	rc = print_children(&ls, 0);
	if (rc)
		return applet_fail("list", path, rc);
	if (run->json)
		puts(ls.printed ? "]" : "[]");
	return 0;
}

static int run_ls(const struct applet_run *run)
{
	struct applet_run snapshot = *run;
	int rc = xsc_transaction_start(run->xs, &snapshot.tx);

	if (rc)
		return applet_fail("begin", "a transaction", rc);
	if (!run->argc)
		rc = ls_one(&snapshot, "/");
	for (int i = 0; i < run->argc && !rc; i++)
		rc = ls_one(&snapshot, run->argv[i]);
	xsc_transaction_end(run->xs, snapshot.tx, true);
	return rc;
}

const struct applet applet_ls = {
	.name = "ls",
	.arguments = "[-f] [-p] [path...]",
	.summary = "print a tree (-f: whole paths, -p: permissions)",
	.options = "fp",
	.run = run_ls,
};
