/* SPDX-License-Identifier: MIT */
/*
 * Help texts, made from the verbs' own descriptions.
 */
#include "cli/usage.h"

#include <string.h>

#include "diag/guess.h"

#define VERBS_MAX 64

const struct verb *usage_find(const char *word)
{
	for (size_t i = 0; verb_table[i]; i++) {
		const struct verb *v = verb_table[i];

		if (strcmp(v->name, word) == 0 || (v->alias && strcmp(v->alias, word) == 0))
			return v;
	}
	return NULL;
}

const struct verb *usage_nearest(const char *word)
{
	const char *names[VERBS_MAX];
	size_t n = 0;
	int at;

	for (; n < VERBS_MAX && verb_table[n]; n++)
		names[n] = verb_table[n]->hidden ? NULL : verb_table[n]->name;
	at = guess_nearest(word, names, n);
	return at < 0 ? NULL : verb_table[at];
}

void usage_all(FILE *out)
{
	fprintf(out, "Usage: lamina VERB [OPTIONS] [ARGUMENTS]\n\n");
	for (size_t i = 0; verb_table[i]; i++)
		if (!verb_table[i]->hidden)
			fprintf(out, "  %-11s %s\n", verb_table[i]->name, verb_table[i]->summary);
	fprintf(out, "\nA guest is given by name or id.  Every verb takes --json and --help.\n"
		     "More: lamina help VERB, lamina(1), lamina.cfg(5).\n");
}

void usage_verb(const struct verb *v, FILE *out)
{
	fprintf(out, "Usage: lamina %s%s%s\n\n%s.\n", v->name, v->args[0] ? " " : "", v->args,
		v->summary);
	if (v->more)
		fprintf(out, "%s\n", v->more);
	fprintf(out, "\n");
	for (const struct verb_option *o = v->options; o && o->name; o++) {
		char left[64];

		if (o->letter)
			snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name,
				 o->arg ? "=" : "", o->arg ? o->arg : "");
		else
			snprintf(left, sizeof(left), "    --%s%s%s", o->name, o->arg ? "=" : "",
				 o->arg ? o->arg : "");
		fprintf(out, "  %-24s %s\n", left, o->help);
	}
	fprintf(out, "  %-24s %s\n  %-24s %s\n", "    --json", "answer in JSON", "-h, --help",
		"show this");
}
