/* SPDX-License-Identifier: MIT */
/*
 * xenstore control: commands to the daemon.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/applet.h"

static int run_control(const struct applet_run *run)
{
	char *answer;
	size_t len;
	int rc = xsc_control(run->xs, (const char *const *)run->argv, (size_t)run->argc, &answer);

	if (rc)
		return applet_fail("run", run->argv[0], rc);
	len = strlen(answer);
	fputs(answer, stdout);
	if (!len || answer[len - 1] != '\n')
		putchar('\n');
	free(answer);
	return 0;
}

const struct applet applet_control = {
	.name = "control",
	.arguments = "command [argument]...",
	.summary = "command the daemon; \"help\" lists commands",
	.options = "",
	.min_arguments = 1,
	.run = run_control,
};
