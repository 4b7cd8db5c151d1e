/* SPDX-License-Identifier: MIT */
/*
 * Help texts, made from the verbs' own descriptions.
 */
#pragma once

#include <stdio.h>

#include "cli/verb.h"

/* usage_find - the verb with this name or alias, or NULL. */
const struct verb *usage_find(const char *word);

/* usage_nearest - the verb that was probably meant, or NULL. */
const struct verb *usage_nearest(const char *word);

/* usage_all - all verbs with their summaries. */
void usage_all(FILE *out);

/* usage_verb - one verb in full. */
void usage_verb(const struct verb *v, FILE *out);
