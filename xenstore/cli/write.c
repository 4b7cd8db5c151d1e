/* SPDX-License-Identifier: MIT */
/*
 * xenstore write: sets values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"
#include "cli/text.h"

static int write_one(const struct applet_run *run, const char *path, const char *text)
{
	char *value = strdup(text);
	size_t len;
	int rc;

	if (!value)
		return 1;
	len = applet_has(run, 'R') ? strlen(value) : text_unescape(value);
	rc = xsc_write(run->xs, run->tx, path, value, len);
	free(value);
	return rc ? applet_fail("could not write path", path, rc) : 0;
}

static int run_write(const struct applet_run *run)
{
	if (run->argc % 2)
		return applet_wrong_usage(run->applet);
	for (int i = 0; i < run->argc; i += 2) {
		int rc = write_one(run, run->argv[i], run->argv[i + 1]);

		if (rc)
			return rc;
	}
	return 0;
}

const struct applet applet_write = {
	.name = "write",
	.arguments = "[-h] [-s] [-R] key value [...]",
	.summary = "set values, all or none (-R: no escapes)",
	.options = "R",
	.min_arguments = 2,
	.run = run_write,
	.in_transaction = true,
};
