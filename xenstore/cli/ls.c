/* SPDX-License-Identifier: MIT */
/*
 * xenstore ls: prints a tree with its values, out of one snapshot.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/applet.h"
#include "cli/text.h"
#include "protocol/path.h"

/* Lines of those who are no terminal. */
#define WIDTH_DEFAULT 80
/* Columns of a terminal that are left free. */
#define MARGIN 2
/* What a value that is cut off needs beside its text: ' = "..."'. */
#define FRAME 8
/* Where permissions begin, if there is room. */
#define PERMS_COLUMN 60

struct ls {
	const struct applet_run *run;
	/* Columns of a line; with -f, of what follows the path. */
	size_t width;
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
	fputs(ls->run->json ? ", \"perms\": [" : "  (", stdout);
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

static void print_json(const struct ls *ls, const char *value, size_t len)
{
	fputs(ls->printed ? ",\n {\"path\": " : "[{\"path\": ", stdout);
	text_print_json(stdout, ls->path, strlen(ls->path));
	fputs(", \"value\": ", stdout);
	if (value)
		text_print_json(stdout, value, len);
	else
		fputs("null", stdout);
	print_perms(ls);
	putchar('}');
}

/* Fills up to the column of permissions; @at is the column now. */
static void print_dots(const struct ls *ls, size_t at)
{
	size_t end = ls->width < PERMS_COLUMN ? ls->width : PERMS_COLUMN;

	putchar(' ');
	for (at++; at < end && !applet_has(ls->run, 'f'); at++)
		putchar(at % 2 ? '.' : ' ');
}

/* A value behind what takes @at columns; cut off where the line would end. */
static void print_value(const struct ls *ls, size_t at, const char *value, size_t len)
{
	size_t room = ls->width > at + FRAME ? ls->width - at - FRAME : 0;
	char *text = text_escaped(value, len);
	size_t shown = text ? strlen(text) : 0;

	if (len > room) {
		printf(" = \"%.*s\\...\"", (int)room, text ? text : "");
	} else {
		printf(" = \"%s\"", text ? text : "");
		if (applet_has(ls->run, 'p'))
			print_dots(ls, at + shown + strlen(" = \"\""));
	}
	free(text);
}

static void print_node(struct ls *ls, const char *name, int depth)
{
	const struct applet_run *run = ls->run;
	size_t len = 0, indent = (size_t)depth, at = 0;
	char *value = NULL;

	if (xsc_read(run->xs, run->tx, ls->path, &value, &len))
		value = NULL;
	if (run->json) {
		print_json(ls, value, len);
	} else {
		if (applet_has(run, 'f'))
			fputs(ls->path, stdout);
		else
			at = indent +
			     (size_t)printf("%*s%.*s", depth, "",
					    (int)(ls->width > FRAME + indent ? ls->width - FRAME - indent
									     : 0),
					    name) -
			     indent;
		if (value)
			print_value(ls, at, value, len);
		else
			putchar(':');
		if (applet_has(run, 'p'))
			print_perms(ls);
		putchar('\n');
	}
	free(value);
	ls->printed = true;
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

static size_t line_width(const struct applet_run *run)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col <= MARGIN)
		return applet_has(run, 'f') ? INT_MAX : WIDTH_DEFAULT;
	return size.ws_col - MARGIN;
}

static int ls_one(struct ls *ls, const char *path)
{
	int rc = strlen(path) < sizeof(ls->path) ? 0 : -EINVAL;

	if (!rc) {
		strcpy(ls->path, path);
		rc = print_children(ls, 0);
	}
	if (rc)
		fprintf(stderr, "%s: xs_directory (%s): %s\n", applet_program, path, strerror(-rc));
	return rc;
}

static int run_ls(const struct applet_run *run)
{
	struct applet_run snapshot = *run;
	struct ls ls = { .run = &snapshot, .width = line_width(run) };
	int rc = xsc_transaction_start(run->xs, &snapshot.tx);

	if (rc)
		return applet_fail("couldn't start", "transaction", rc);
	if (!run->argc)
		rc = ls_one(&ls, "/");
	for (int i = 0; i < run->argc && !rc; i++)
		rc = ls_one(&ls, run->argv[i]);
	if (run->json && !rc)
		puts(ls.printed ? "]" : "[]");
	xsc_transaction_end(run->xs, snapshot.tx, true);
	return rc;
}

const struct applet applet_ls = {
	.name = "ls",
	.arguments = "[-h] [-f] [-p] [-s] [path]",
	.summary = "print a tree (-f: whole paths and values, -p: permissions, --json)",
	.options = "fp",
	.run = run_ls,
};
