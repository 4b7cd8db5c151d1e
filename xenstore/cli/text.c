/* SPDX-License-Identifier: MIT */
/*
 * Values as text.
 */
#include "cli/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static char short_escape(char c)
{
	switch (c) {
	case '\t': return 't';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\\': return '\\';
	default: return 0;
	}
}

char *text_escaped(const char *value, size_t len)
{
	/* Four characters for each byte at most, and the NUL. */
	char *text = malloc(4 * len + 1), *at = text;

	if (!text)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];
		char escape = short_escape(value[i]);

		if (escape)
			at += sprintf(at, "\\%c", escape);
		else if (c >= 0x20 && c < 0x7f)
			*at++ = (char)c;
		else
			at += sprintf(at, c < 8 ? "\\%03o" : "\\x%02x", c);
	}
	*at = '\0';
	return text;
}

void text_print_escaped(FILE *out, const char *value, size_t len)
{
	char *text = text_escaped(value, len);

	if (text)
		fputs(text, out);
	free(text);
}

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return (unsigned int)(tolower((unsigned char)c) - 'a') + 10;
}

/* Reads up to @max digits; returns how many there were. */
static size_t number(const char *text, size_t max, unsigned int base, unsigned int *out)
{
	size_t n = 0;

	*out = 0;
	while (n < max && isxdigit((unsigned char)text[n]) && digit_value(text[n]) < base)
		*out = *out * base + digit_value(text[n++]);
	return n;
}

size_t text_unescape(char *value)
{
	const char *from = value;
	char *to = value;

	while (*from) {
		unsigned int code;
		size_t n;

		/* A backslash at the end stands for a NUL, as in the stock tool. */
		if (*from == '\\' && !from[1]) {
			*to++ = '\0';
			from++;
			continue;
		}
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		from++;
		n = *from == 'x' ? number(from + 1, 2, 16, &code) : 0;
		if (n) {
			*to++ = (char)code;
			from += n + 1;
			continue;
		}
		n = number(from, 3, 8, &code);
		if (n) {
			*to++ = (char)code;
			from += n;
			continue;
		}
		switch (*from) {
		case 't': *to++ = '\t'; break;
		case 'n': *to++ = '\n'; break;
		case 'r': *to++ = '\r'; break;
		default: *to++ = *from; break;
		}
		from++;
	}
	*to = '\0';
	return (size_t)(to - value);
}

void text_print_json(FILE *out, const char *value, size_t len)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			fputc(c, out);
		else
			fprintf(out, "\\u%04x", c);
	}
	fputc('"', out);
}
