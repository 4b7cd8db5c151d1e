/* SPDX-License-Identifier: MIT */
/*
 * The options of a verb's command line.
 */
#pragma once

#include "cli/verb.h"

enum options_result {
	OPTIONS_OK,
	OPTIONS_HELP, /* --help was asked for */
	OPTIONS_BAD,  /* cli->diag says what */
};

/*
 * options_parse - take the options out of what follows the verb.
 * @argv: @argc words; reordered so that what is no option comes first, to which
 * cli->args then points.  "--" ends the options.
 */
enum options_result options_parse(struct cli *cli, const struct verb *v, int argc, char **argv);
