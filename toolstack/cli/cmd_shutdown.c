/* SPDX-License-Identifier: MIT */
/*
 * lamina shutdown: ask a guest to power off.
 */
#include "cli/ask.h"

static bool opt_wait;
static const char *opt_timeout = ASK_TIMEOUT;

static int shutdown_run(struct cli *cli)
{
	return ask_guest(cli, "poweroff", opt_wait, opt_timeout);
}

static const struct verb_option shutdown_options[] = {
	{ 'w', "wait", NULL, "wait until it has powered off", &opt_wait, NULL },
	{ 't', "timeout", "SECONDS", "how long to wait at most (60)", NULL, &opt_timeout },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_shutdown = {
	.name = "shutdown",
	.args = "[-w] GUEST",
	.summary = "ask a guest to power off",
	.more = "What happens then is the guest's on_poweroff.",
	.min_args = 1,
	.max_args = 1,
	.options = shutdown_options,
	.run = shutdown_run,
};
