/* SPDX-License-Identifier: MIT */
/*
 * lamina help: what there is, and how it is used.
 */
#include <stdio.h>

#include <jansson.h>

#include "cli/output.h"
#include "cli/usage.h"

static int help_json(void)
{
	json_t *all = json_array();

	for (size_t i = 0; verb_table[i]; i++) {
		const struct verb *v = verb_table[i];

		if (!v->hidden)
			json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "name", v->name,
							     "args", v->args, "summary", v->summary));
	}
	output_json(all);
	return 0;
}

static int help_run(struct cli *cli)
{
	const struct verb *v;

	if (cli->json)
		return help_json();
	if (cli->nr_args == 0) {
		usage_all(stdout);
		return 0;
	}
	v = usage_find(cli->args[0]);
	if (v) {
		usage_verb(v, stdout);
		return 0;
	}
	diag_fail(&cli->diag, DIAG_USAGE, "there is no verb `%.60s'", cli->args[0]);
	v = usage_nearest(cli->args[0]);
	return diag_hint(&cli->diag, "lamina help %s", v ? v->name : "");
}

const struct verb verb_help = {
	.name = "help",
	.args = "[VERB]",
	.summary = "show what there is, or how a verb is used",
	.max_args = 1,
	.run = help_run,
};
