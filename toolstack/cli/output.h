/* SPDX-License-Identifier: MIT */
/*
 * What verbs print: JSON, and failures in either form.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "cli/verb.h"

struct xen_domctl_getdomaininfo;

/* output_json - print a value and drop the reference.  NULL prints nothing. */
void output_json(json_t *value);

/*
 * output_done - the answer of a verb that changes a guest and has no data:
 * with --json {"name": ..., "domid": ..., "done": ...}, else a line of text
 * unless @text is NULL.
 */
void output_done(const struct cli *cli, const char *name, uint32_t domid, const char *done,
		 const char *text);

/* output_failure - print a failure to standard error, in the form asked for. */
void output_failure(const struct cli *cli);

#define OUTPUT_FLAGS 7
/* output_state_flags - xl's six letters for a domain's state: "r-----". */
void output_state_flags(uint32_t flags, char text[OUTPUT_FLAGS]);

/* output_state_word - one word for it: "running", "blocked", ... */
const char *output_state_word(uint32_t flags);
