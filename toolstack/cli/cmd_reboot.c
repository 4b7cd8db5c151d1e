/* SPDX-License-Identifier: MIT */
/*
 * lamina reboot: ask a guest to reboot.
 */
#include "cli/ask.h"

static bool opt_wait;
static const char *opt_timeout = ASK_TIMEOUT;

static int reboot_run(struct cli *cli)
{
	return ask_guest(cli, "reboot", opt_wait, opt_timeout);
}

static const struct verb_option reboot_options[] = {
	{ 'w', "wait", NULL, "wait until it has gone down", &opt_wait, NULL },
	{ 't', "timeout", "SECONDS", "how long to wait at most (60)", NULL, &opt_timeout },
	{ 0, NULL, NULL, NULL, NULL, NULL },
};

const struct verb verb_reboot = {
	.name = "reboot",
	.args = "[-w] GUEST",
	.summary = "ask a guest to reboot; it keeps its name and gets a new id",
	.more = "What happens then is the guest's on_reboot.",
	.min_args = 1,
	.max_args = 1,
	.options = reboot_options,
	.run = reboot_run,
};
