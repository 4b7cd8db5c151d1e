/* SPDX-License-Identifier: MIT */
/*
 * xenstore chmod: sets permissions.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "protocol/path.h"

#define PERMS_MAX 256

struct chmod {
	const struct applet_run *run;
	struct perm perms[PERMS_MAX];
	size_t count;
	char path[PATH_BUF];
};

static int fail(const char *path, int rc)
{
	if (rc != -EAGAIN)
		fprintf(stderr, "%s: Error occurred setting permissions on '%s': %s\n",
			applet_program, path, strerror(-rc));
	return rc;
}

static int set(const struct chmod *work)
{
	int rc = xsc_set_perms(work->run->xs, work->run->tx, work->path, work->perms, work->count);

	return rc ? fail(work->path, rc) : 0;
}

static int set_below(struct chmod *work)
{
	size_t len = strlen(work->path), at = len > 1 ? len : 0, count;
	char **names;
	int rc = xsc_directory(work->run->xs, work->run->tx, work->path, &names, &count);

	if (rc)
		return fail(work->path, rc);
	for (size_t i = 0; i < count && !rc; i++) {
		if (at + strlen(names[i]) + 2 > sizeof(work->path))
			continue;
		work->path[at] = '/';
		strcpy(work->path + at + 1, names[i]);
		rc = set(work);
		if (!rc)
			rc = set_below(work);
		work->path[len] = '\0';
	}
	free(names);
	return rc;
}

static int set_above(struct chmod *work)
{
	char parent[PATH_BUF];
	int rc = 0;

	while (!rc && path_parent(work->path, parent)) {
		strcpy(work->path, parent);
		rc = set(work);
	}
	return rc;
}

static int refuse(const char *text)
{
	int known = perms_access(text[0]) >= 0;

	fprintf(stderr, "%s: Invalid permission specification: '%.*s'%s\n", applet_program,
		known ? (int)strlen(text) : 1, text,
		known ? ": a domain id is missing, as in r5"
		      : ": give n, r, w or b, and a domain id");
	return 1;
}

static int run_chmod(const struct applet_run *run)
{
	struct chmod work = { .run = run };
	int rc;

	if (strlen(run->argv[0]) >= sizeof(work.path) || run->argc < 2 || run->argc - 1 > PERMS_MAX)
		return fail(run->argv[0], -EINVAL);
	for (int i = 1; i < run->argc; i++) {
		if (perms_parse_one(run->argv[i], &work.perms[i - 1]))
			return refuse(run->argv[i]);
		work.count++;
	}
	strcpy(work.path, run->argv[0]);
	rc = set(&work);
	if (!rc && applet_has(run, 'r'))
		rc = set_below(&work);
	if (!rc && applet_has(run, 'u'))
		rc = set_above(&work);
	return rc;
}

const struct applet applet_chmod = {
	.name = "chmod",
	.arguments = "[-h] [-u] [-r] [-s] key <mode [modes...]>",
	.summary = "set permissions (-r: below too, -u: above too)",
	.options = "ru",
	.min_arguments = 1,
	.run = run_chmod,
	.in_transaction = true,
};
