/* SPDX-License-Identifier: MIT */
/*
 * A verb of `lamina`: one file each, one const struct each, one table in main.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "diag/diag.h"

/* What a verb is called with. */
struct cli {
	bool json;
	struct diag diag;
	char **args; /* what is left after the options */
	int nr_args;
};

/* An option of a verb; every verb also has --json and --help. */
struct verb_option {
	char letter;	  /* 0 for none */
	const char *name; /* long name, without dashes */
	const char *arg;  /* name of its argument, NULL for a switch */
	const char *help;
	bool *flag;	    /* set by a switch */
	const char **value; /* set by an argument */
};

struct verb {
	const char *name;
	const char *alias;	/* NULL for none */
	const char *args;	/* as in the usage line */
	const char *summary;	/* one line for `lamina help` */
	const char *more;	/* a paragraph for `lamina help VERB`, or NULL */
	int min_args, max_args; /* max_args < 0: any number */
	bool hidden;
	const struct verb_option *options; /* ends with name NULL; or NULL */
	/* Does it.  Returns 0, or -1 with cli->diag set. */
	int (*run)(struct cli *cli);
};

extern const struct verb verb_console, verb_cpu_offline, verb_cpu_online, verb_create, verb_destroy,
	verb_dmesg, verb_dom0_init, verb_dump_core, verb_help, verb_info, verb_list, verb_mem_max,
	verb_mem_set, verb_monitor, verb_pause, verb_reboot, verb_shutdown, verb_sysrq,
	verb_trigger, verb_unpause, verb_vcpu_list, verb_vcpu_pin, verb_vcpu_set, verb_sched;

/* The table, in the order in which help shows it; ends with NULL.  In main.c. */
extern const struct verb *const verb_table[];
