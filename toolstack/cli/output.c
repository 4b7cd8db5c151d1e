/* SPDX-License-Identifier: MIT */
/*
 * What verbs print.
 */
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

#include "hv/abi.h"

void output_json(json_t *value)
{
	if (!value)
		return;
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	putchar('\n');
	json_decref(value);
}

void output_done(const struct cli *cli, const char *name, uint32_t domid, const char *done,
		 const char *text)
{
	if (cli->json)
		output_json(json_pack("{s:s, s:i, s:s}", "name", name, "domid", (int)domid, "done",
				      done));
	else if (text)
		printf("%s\n", text);
}

void output_failure(const struct cli *cli)
{
	const struct diag *d = &cli->diag;
	json_t *e;

	if (!cli->json) {
		diag_print(d, "lamina", stderr);
		return;
	}
	e = json_pack("{s:{s:i, s:s, s:s, s:s, s:s}}", "error", "code", (int)d->code, "what",
		      d->what, "why", d->why, "hint", d->hint, "context", d->context);
	if (!e)
		return;
	json_dumpf(e, stderr, JSON_INDENT(2));
	fputc('\n', stderr);
	json_decref(e);
}

void output_state_flags(uint32_t flags, char text[OUTPUT_FLAGS])
{
	uint32_t code = (flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask;

	memcpy(text, "------", OUTPUT_FLAGS);
	if (flags & XEN_DOMINF_running)
		text[0] = 'r';
	if (flags & XEN_DOMINF_blocked)
		text[1] = 'b';
	if (flags & XEN_DOMINF_paused)
		text[2] = 'p';
	if (flags & XEN_DOMINF_shutdown)
		text[3] = 's';
	if ((flags & XEN_DOMINF_shutdown) && code == SHUTDOWN_crash)
		text[4] = 'c';
	if (flags & XEN_DOMINF_dying)
		text[5] = 'd';
}

const char *output_state_word(uint32_t flags)
{
	uint32_t code = (flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask;

	if (flags & XEN_DOMINF_dying)
		return "dying";
	if (flags & XEN_DOMINF_shutdown)
		return code == SHUTDOWN_crash ? "crashed" : "shutdown";
	if (flags & XEN_DOMINF_paused)
		return "paused";
	if (flags & XEN_DOMINF_running)
		return "running";
	return "blocked";
}
