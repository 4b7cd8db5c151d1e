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
	static const char *const yes[] = { "", "yes", "on", "true", "1", "enable" };
	static const char *const no[] = { "no", "off", "false", "0", "disable" };

	for (unsigned int i = 0; i < ARRAY_SIZE(yes); i++)
		if (!strcmp(text, yes[i])) {
			*value = true;
			return true;
		}
	for (unsigned int i = 0; i < ARRAY_SIZE(no); i++)
		if (!strcmp(text, no[i])) {
			*value = false;
			return true;
		}
	return false;
}

bool cmdline_size(const char *text, bool mib, u64 *bytes)
{
	unsigned int shift = mib ? 20 : 0;
	const char *end;
	u64 n;

	if (!string_to_u64(text, &end, &n))
		return false;
	switch (*end) {
	case 'B':
	case 'b':
		shift = 0;
		end++;
		break;
	case 'K':
	case 'k':
		shift = 10;
		end++;
		break;
	case 'M':
	case 'm':
		shift = 20;
		end++;
		break;
	case 'G':
	case 'g':
		shift = 30;
		end++;
		break;
	case 'T':
	case 't':
		shift = 40;
		end++;
		break;
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
