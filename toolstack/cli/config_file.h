/* SPDX-License-Identifier: MIT */
/*
 * A configuration file and the overrides behind it on the command line.
 */
#pragma once

#include "config/guest.h"
#include "diag/diag.h"

/*
 * config_file_read - read, parse and check.
 * @path: "-" reads standard input; @overrides: @count words KEY=VALUE.
 * A bare word as VALUE is taken as text, so that memory=64 name=web need no
 * quotes that the shell would eat.  Warnings go to standard error.
 * @g: the caller frees it on success.  Returns 0 or -1 with @d set.
 */
int config_file_read(const char *path, char **overrides, int count, struct guest_config *g,
		     struct diag *d);
