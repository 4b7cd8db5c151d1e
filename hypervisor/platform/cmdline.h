/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's command line: one table of options.
 *
 * An option is declared where it is used; the linker collects the table.  An
 * option that nobody declared is named in the log.
 */
#pragma once

#include "lib/types.h"

struct cmdline_option {
	const char *name;
	/* @value: text behind '=', "" for a bare name; returns false if bad. */
	bool (*parse)(const char *value);
};

#define CMDLINE_OPTION(opt, fn)                                            \
	static const struct cmdline_option cmdline__##fn __used __section( \
		".cmdline") = { .name = (opt), .parse = (fn) }

/* Parse @text (NUL-terminated, first word is not skipped). */
void cmdline_parse(const char *text);

/* Size with k, M, G suffix (bytes; a bare number is MiB when @mib). False if malformed. */
bool cmdline_size(const char *text, bool mib, u64 *bytes);

/* "yes/on/true/1/empty" or "no/off/false/0". */
bool cmdline_bool(const char *text, bool *value);

/* The whole text, for xen_version commandline. */
extern char cmdline_text[1024];
