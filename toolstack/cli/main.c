/* SPDX-License-Identifier: MIT */
/*
 * lamina: finds the verb and runs it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/usage.h"
#include "cli/verb.h"

const struct verb *const verb_table[] = {
	&verb_create,	&verb_list,	 &verb_console,	   &verb_shutdown,    &verb_reboot,
	&verb_destroy,	&verb_pause,	 &verb_unpause,	   &verb_vcpu_list,   &verb_vcpu_pin,
	&verb_vcpu_set, &verb_sched,	 &verb_mem_set,	   &verb_mem_max,     &verb_sysrq,
	&verb_trigger,	&verb_dump_core, &verb_cpu_online, &verb_cpu_offline, &verb_info,
	&verb_dmesg,	&verb_help,	 &verb_dom0_init,  &verb_monitor,     NULL,
};

static int unknown_verb(struct cli *cli, const char *word)
{
	const struct verb *near = usage_nearest(word);

	diag_fail(&cli->diag, DIAG_USAGE, "there is no verb `%.60s'", word);
	if (near)
		return diag_hint(&cli->diag, "lamina %s %s", near->name, near->args);
	return diag_hint(&cli->diag, "lamina help   lists all verbs");
}

static int run(struct cli *cli, int argc, char **argv)
{
	const struct verb *v;
	int i = 1;

	while (i < argc && strcmp(argv[i], "--json") == 0) {
		cli->json = true;
		i++;
	}
	if (i >= argc) {
		usage_all(stderr);
		return diag_fail(&cli->diag, DIAG_USAGE, "%s", "");
	}
	if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
		usage_all(stdout);
		return 0;
	}
	v = usage_find(argv[i]);
	if (!v)
		return unknown_verb(cli, argv[i]);
	switch (options_parse(cli, v, argc - i - 1, argv + i + 1)) {
	case OPTIONS_OK: return v->run(cli);
	case OPTIONS_HELP: usage_verb(v, stdout); return 0;
	case OPTIONS_BAD: break;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct cli cli = { 0 };

	if (run(&cli, argc, argv) == 0 && fflush(stdout) == 0)
		return DIAG_OK;
	if (cli.diag.what[0])
		output_failure(&cli);
	return cli.diag.code ? (int)cli.diag.code : DIAG_FAILED;
}
