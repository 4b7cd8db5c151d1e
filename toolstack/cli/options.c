/* SPDX-License-Identifier: MIT */
/*
 * The options of a verb's command line.
 */
#include "cli/options.h"

#include <string.h>

#include "diag/guess.h"

#define NAMES_MAX 24

static const struct verb_option *by_letter(const struct verb *v, char c)
{
	for (const struct verb_option *o = v->options; o && o->name; o++)
		if (o->letter == c)
			return o;
	return NULL;
}

static const struct verb_option *by_name(const struct verb *v, const char *name, size_t len)
{
	for (const struct verb_option *o = v->options; o && o->name; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static enum options_result unknown(struct cli *cli, const struct verb *v, const char *word)
{
	const char *names[NAMES_MAX] = { "json", "help" };
	const char *typed = word + strspn(word, "-");
	size_t n = 2;
	int at;

	for (const struct verb_option *o = v->options; o && o->name && n < NAMES_MAX; o++)
		names[n++] = o->name;
	at = guess_nearest(typed, names, n);
	diag_fail(&cli->diag, DIAG_USAGE, "%s has no option `%.60s'", v->name, word);
	if (at >= 0)
		diag_hint(&cli->diag, "lamina %s --%s", v->name, names[at]);
	else
		diag_hint(&cli->diag, "lamina help %s", v->name);
	return OPTIONS_BAD;
}

/* Sets an option; @value is what stood behind '=', or NULL. */
static enum options_result take(struct cli *cli, const struct verb *v, const struct verb_option *o,
				char *value, int argc, char **argv, int *i)
{
	if (!o->arg) {
		if (value) {
			diag_fail(&cli->diag, DIAG_USAGE, "--%s takes no value", o->name);
			diag_hint(&cli->diag, "lamina %s --%s", v->name, o->name);
			return OPTIONS_BAD;
		}
		*o->flag = true;
		return OPTIONS_OK;
	}
	if (!value && *i + 1 < argc)
		value = argv[++*i];
	if (!value) {
		diag_fail(&cli->diag, DIAG_USAGE, "--%s needs a value", o->name);
		diag_hint(&cli->diag, "lamina %s --%s=%s", v->name, o->name, o->arg);
		return OPTIONS_BAD;
	}
	*o->value = value;
	return OPTIONS_OK;
}

static enum options_result long_option(struct cli *cli, const struct verb *v, int argc, char **argv,
				       int *i)
{
	char *name = argv[*i] + 2;
	char *eq = strchr(name, '=');
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct verb_option *o = by_name(v, name, len);

	if (o)
		return take(cli, v, o, eq ? eq + 1 : NULL, argc, argv, i);
	if (strcmp(name, "json") == 0) {
		cli->json = true;
		return OPTIONS_OK;
	}
	if (strcmp(name, "help") == 0)
		return OPTIONS_HELP;
	return unknown(cli, v, argv[*i]);
}

/* Letters may be put together: -cp. */
static enum options_result short_options(struct cli *cli, const struct verb *v, int argc,
					 char **argv, int *i)
{
	const char *word = argv[*i];

	for (const char *p = word + 1; *p; p++) {
		const struct verb_option *o = by_letter(v, *p);
		enum options_result r;

		if (!o && *p == 'h')
			return OPTIONS_HELP;
		if (!o)
			return unknown(cli, v, word);
		r = take(cli, v, o, NULL, argc, argv, i);
		if (r != OPTIONS_OK)
			return r;
	}
	return OPTIONS_OK;
}

static enum options_result check_count(struct cli *cli, const struct verb *v)
{
	if (cli->nr_args >= v->min_args && (v->max_args < 0 || cli->nr_args <= v->max_args))
		return OPTIONS_OK;
	if (cli->nr_args < v->min_args)
		diag_fail(&cli->diag, DIAG_USAGE, "%s needs more: %s", v->name, v->args);
	else
		diag_fail(&cli->diag, DIAG_USAGE, "%s does not take `%.60s'", v->name,
			  cli->args[v->max_args]);
	diag_hint(&cli->diag, "lamina %s %s", v->name, v->args);
	return OPTIONS_BAD;
}

enum options_result options_parse(struct cli *cli, const struct verb *v, int argc, char **argv)
{
	bool options = true;

	cli->args = argv;
	cli->nr_args = 0;
	for (int i = 0; i < argc; i++) {
		char *word = argv[i];
		enum options_result r = OPTIONS_OK;

		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && strncmp(word, "--", 2) == 0)
			r = long_option(cli, v, argc, argv, &i);
		else if (options && word[0] == '-' && word[1])
			r = short_options(cli, v, argc, argv, &i);
		else
			argv[cli->nr_args++] = word;
		if (r != OPTIONS_OK)
			return r;
	}
	return check_count(cli, v);
}
