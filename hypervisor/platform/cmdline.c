/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's command line: splitting it into words and handing each to
 * the option that claims the name.
 */
#include "platform/cmdline.h"

#include "console/log.h"
#include "lib/string.h"

extern const struct cmdline_option cmdline_start[], cmdline_end[];

char cmdline_text[1024];

/* Longest "name=value" that is looked at. */
#define MAX_WORD 256

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool cmdline_bool(const char *text, bool *value)
{
	static const char *const words[][2] = {
		{ "no", "" },	     { "no", "yes" }, { "off", "on" },
		{ "false", "true" }, { "0", "1" },    { "disable", "enable" },
	};

	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(words); i++)
		if (!strcmp(text, words[i / 2][i % 2])) {
			*value = i % 2;
			return true;
		}
	return false;
}

bool cmdline_size(const char *text, bool mib, u64 *bytes)
{
	static const char units[] = "bkmgt"; /* each ten bits more than the one before */
	unsigned int shift = mib ? 20 : 0;
	const char *end, *unit;
	u64 n;

	if (!string_to_u64(text, &end, &n))
		return false;
	unit = *end ? strchr(units, *end | 0x20) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units);
		end++;
	}
	if (*end || n > ~0ULL >> shift)
		return false;
	*bytes = n << shift;
	return true;
}

static void parse_word(char *word)
{
	const struct cmdline_option *o;
	char *value = strchr(word, '=');
	const char *text = "";

	if (value) {
		*value = '\0';
		text = value + 1;
	}
	for (o = cmdline_start; o < cmdline_end; o++) {
		if (strcmp(o->name, word))
			continue;
		if (!o->parse(text))
			log_warn("command line: bad value '%s' for option '%s'\n", text, word);
		return;
	}
	log_warn("command line: unknown option '%s'\n", word);
}

void cmdline_parse(const char *text)
{
	char word[MAX_WORD];

	string_copy(cmdline_text, text, sizeof(cmdline_text));
	for (;;) {
		const char *start;

		while (is_blank(*text))
			text++;
		if (!*text)
			return;
		for (start = text; *text && !is_blank(*text); text++)
			;
		/* Boot loaders put "--" before what is meant for the next program. */
		if (text - start == 2 && !strncmp(start, "--", 2))
			return;
		if ((size_t)(text - start) >= sizeof(word)) {
			log_warn("command line: option of over %d characters ignored\n",
				 MAX_WORD - 1);
			continue;
		}
		memcpy(word, start, (size_t)(text - start));
		word[text - start] = '\0';
		parse_word(word);
	}
}
