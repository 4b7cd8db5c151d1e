/* SPDX-License-Identifier: MIT */
/*
 * lamina trigger: strike a guest's vCPU with an event of the machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "domain/find.h"
#include "hv/domctl.h"

static const struct {
	const char *name;
	uint32_t what;
} triggers[] = {
	{ "nmi", XEN_DOMCTL_SENDTRIGGER_NMI },	   { "reset", XEN_DOMCTL_SENDTRIGGER_RESET },
	{ "init", XEN_DOMCTL_SENDTRIGGER_INIT },   { "power", XEN_DOMCTL_SENDTRIGGER_POWER },
	{ "sleep", XEN_DOMCTL_SENDTRIGGER_SLEEP },
};

static int parse(struct cli *cli, uint32_t *what, uint32_t *vcpu)
{
	const char *number = cli->nr_args > 2 ? cli->args[2] : "0";
	char *end;

	*vcpu = (uint32_t)strtoul(number, &end, 10);
	if (!*number || *end) {
		diag_fail(&cli->diag, DIAG_USAGE, "`%.40s' is not the number of a vCPU", number);
		return diag_hint(&cli->diag, "lamina vcpu-list %.60s", cli->args[0]);
	}
	for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++) {
		*what = triggers[i].what;
		if (strcmp(triggers[i].name, cli->args[1]) == 0)
			return 0;
	}
	diag_fail(&cli->diag, DIAG_USAGE, "there is no trigger `%.40s'", cli->args[1]);
	return diag_hint(&cli->diag, "lamina trigger %.60s nmi", cli->args[0]);
}

static int trigger_run(struct cli *cli)
{
	struct found_guest g;
	uint32_t what = 0, vcpu;
	struct host h;
	int rc;

	if (parse(cli, &what, &vcpu) || host_open_hv(&h, &cli->diag))
		return -1;
	rc = find_guest(&h, cli->args[0], &g, &cli->diag);
	if (rc)
		goto out;
	rc = domctl_trigger(&h.hv, g.domid, what, vcpu);
	if (!rc) {
		output_done(cli, g.name, g.domid, "triggered", NULL);
		goto out;
	}
	diag_fail(&cli->diag, DIAG_FAILED, "cannot send %s to vCPU %u of guest %s", cli->args[1],
		  vcpu, g.name);
	if (what != XEN_DOMCTL_SENDTRIGGER_NMI && rc != -EPERM) {
		diag_why(&cli->diag, "a paravirtual guest has no such button: it gets nmi only");
		diag_hint(&cli->diag, "lamina shutdown %s   or   lamina reboot %s", g.name, g.name);
	} else {
		diag_why(&cli->diag, "%s",
			 rc == -ESRCH ? "it has no such vCPU" : diag_errno_text(-rc));
		diag_hint(&cli->diag, "lamina vcpu-list %s", g.name);
	}
out:
	host_close(&h);
	return rc ? -1 : 0;
}

const struct verb verb_trigger = {
	.name = "trigger",
	.args = "GUEST nmi [VCPU]",
	.summary = "send a guest's vCPU a non-maskable interrupt",
	.more = "xl's other triggers (reset, init, power, sleep) are for guests with a\n"
		"firmware; a paravirtual guest has none, and they are refused.",
	.min_args = 2,
	.max_args = 3,
	.run = trigger_run,
};
