/* SPDX-License-Identifier: MIT */
/*
 * xenstore rm: removes nodes.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "protocol/path.h"

/* Goes on upwards as long as the parent is empty and without children. */
static int tidy(const struct applet_run *run, const char *removed)
{
	char path[PATH_BUF], parent[PATH_BUF];

	if (strlen(removed) >= sizeof(path))
		return 0;
	strcpy(path, removed);
	while (path_parent(path, parent) && parent[1]) {
		char **names = NULL, *value = NULL;
		size_t count = 1, len = 1;
		int rc = xsc_directory(run->xs, run->tx, parent, &names, &count);

		if (!rc)
			rc = xsc_read(run->xs, run->tx, parent, &value, &len);
		free(names);
		free(value);
		if (rc || count || len)
			return rc;
		rc = xsc_rm(run->xs, run->tx, parent);
		if (rc)
			return rc;
		strcpy(path, parent);
	}
	return 0;
}

static int run_rm(const struct applet_run *run)
{
	for (int i = 0; i < run->argc; i++) {
		const char *path = run->argv[i];
		int rc = xsc_rm(run->xs, run->tx, path);

		if (!rc && applet_has(run, 't'))
			rc = tidy(run, path);
		if (rc)
			return applet_fail("could not remove path", path, rc);
	}
	return 0;
}

const struct applet applet_rm = {
	.name = "rm",
	.arguments = "[-h] [-s] [-t] key [...]",
	.summary = "remove nodes (-t: and parents left empty)",
	.options = "t",
	.min_arguments = 1,
	.run = run_rm,
	.in_transaction = true,
};
