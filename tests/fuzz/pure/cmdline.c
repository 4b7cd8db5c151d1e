/* SPDX-License-Identifier: MIT */
/* sources: platform/cmdline.c lib/string.c */
/* The command line, its sizes and its booleans. */
#include "platform/cmdline.h"

#include "console/log.h"
#include "pure.h"
#include <string.h>

static bool option(const char *value)
{
	u64 bytes;
	bool yes;

	return cmdline_size(value, strlen(value) & 1, &bytes) || cmdline_bool(value, &yes);
}

extern const struct cmdline_option cmdline_start[2];
const struct cmdline_option cmdline_start[2] = { { "a", option }, { "long-b", option } };
asm(".globl cmdline_end\ncmdline_end = cmdline_start + 32");

void log_print(enum log_level level, const char *fmt, ...)
{
	(void)level, (void)fmt;
}

void fuzz(struct input *in)
{
	char *text = __builtin_malloc(in->left + 1);

	memcpy(text, in->data, in->left);
	text[in->left] = 0;
	cmdline_parse(text);
	must(strlen(cmdline_text) < sizeof(cmdline_text));
	__builtin_free(text);
}
