/* SPDX-License-Identifier: MIT */
/*
 * Words of a guest configuration.
 */
#include "config/lexer.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

void lexer_init(struct lexer *lx, const char *text, size_t len)
{
	lx->at = text;
	lx->end = text + len;
	lx->line_start = text;
	lx->line = 1;
}

static bool more(const struct lexer *lx)
{
	return lx->at < lx->end;
}

static void newline(struct lexer *lx)
{
	lx->at++;
	lx->line++;
	lx->line_start = lx->at;
}

/* Spaces, comments, and a backslash before a newline. */
static void skip_blank(struct lexer *lx)
{
	while (more(lx)) {
		if (*lx->at == ' ' || *lx->at == '\t' || *lx->at == '\r') {
			lx->at++;
		} else if (*lx->at == '#') {
			while (more(lx) && *lx->at != '\n')
				lx->at++;
		} else if (*lx->at == '\\' && lx->at + 1 < lx->end && lx->at[1] == '\n') {
			lx->at++;
			newline(lx);
		} else {
			return;
		}
	}
}

static void fail(struct token *t, const char *why)
{
	t->kind = TOKEN_ERROR;
	t->error = why;
}

static bool put(struct token *t, size_t *n, char c)
{
	if (*n + 1 >= sizeof(t->text)) {
		fail(t, "this text is longer than 4095 bytes");
		return false;
	}
	t->text[(*n)++] = c;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* What follows a backslash: as in C, the usual letters, \xHH and \OOO. */
static bool escape(struct lexer *lx, struct token *t, char *out)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char values[] = "\a\b\f\n\r\t\v\\'\"";
	const char *found;
	int v = 0, digits = 0;
	char c;

	if (!more(lx)) {
		fail(t, "the text ends inside a string");
		return false;
	}
	c = *lx->at++;
	found = c ? strchr(letters, c) : NULL;
	if (found) {
		*out = values[found - letters];
		return true;
	}
	if (c == 'x') {
		while (more(lx) && digits < 2 && hex_digit(*lx->at) >= 0) {
			v = v * 16 + hex_digit(*lx->at++);
			digits++;
		}
	} else {
		lx->at--;
		while (more(lx) && digits < 3 && *lx->at >= '0' && *lx->at <= '7') {
			v = v * 8 + (*lx->at++ - '0');
			digits++;
		}
	}
	if (digits == 0 || v == 0 || v > 255) {
		fail(t, "this backslash escape means nothing");
		return false;
	}
	*out = (char)v;
	return true;
}

static void lex_string(struct lexer *lx, struct token *t)
{
	char quote = *lx->at++;
	size_t n = 0;

	t->kind = TOKEN_STRING;
	for (;;) {
		char c;

		if (!more(lx) || *lx->at == '\n') {
			fail(t, "this string has no closing quote");
			return;
		}
		c = *lx->at++;
		if (c == quote)
			break;
		if (c == '\0') {
			fail(t, "this string holds a zero byte");
			return;
		}
		if (c == '\\' && !escape(lx, t, &c))
			return;
		if (!put(t, &n, c))
			return;
	}
	t->text[n] = '\0';
}

static void lex_number(struct lexer *lx, struct token *t)
{
	bool negative = *lx->at == '-';
	uint64_t v = 0;
	unsigned int base = 10;
	size_t n = 0;

	t->kind = TOKEN_NUMBER;
	if (negative)
		put(t, &n, *lx->at++);
	if (lx->end - lx->at > 2 && lx->at[0] == '0' && (lx->at[1] == 'x' || lx->at[1] == 'X')) {
		base = 16;
		put(t, &n, *lx->at++);
		put(t, &n, *lx->at++);
	} else if (lx->end - lx->at > 1 && lx->at[0] == '0' && isdigit((unsigned char)lx->at[1])) {
		base = 8;
	}
	while (more(lx) && (isalnum((unsigned char)*lx->at) || *lx->at == '_')) {
		int d = hex_digit(*lx->at);

		if (d < 0 || (unsigned int)d >= base) {
			fail(t, "this is not a number (text needs quotes)");
			return;
		}
		if (v > (INT64_MAX - (uint64_t)d) / base || n >= 64) {
			fail(t, "this number is too large");
			return;
		}
		v = v * base + (uint64_t)d;
		put(t, &n, *lx->at++);
	}
	t->text[n] = '\0';
	t->number = negative ? -(int64_t)v : (int64_t)v;
}

static void lex_name(struct lexer *lx, struct token *t)
{
	size_t n = 0;

	t->kind = TOKEN_NAME;
	while (more(lx) && (isalnum((unsigned char)*lx->at) || *lx->at == '_'))
		if (!put(t, &n, *lx->at++))
			return;
	t->text[n] = '\0';
}

static void lex_sign(struct lexer *lx, struct token *t)
{
	char c = *lx->at++;

	switch (c) {
	case '=': t->kind = TOKEN_ASSIGN; return;
	case '[': t->kind = TOKEN_OPEN; return;
	case ']': t->kind = TOKEN_CLOSE; return;
	case ',': t->kind = TOKEN_COMMA; return;
	case ';': t->kind = TOKEN_BREAK; return;
	case '+':
		if (more(lx) && *lx->at == '=') {
			lx->at++;
			t->kind = TOKEN_APPEND;
			return;
		}
		break;
	default: break;
	}
	fail(t, "this character has no meaning here");
}

void lexer_next(struct lexer *lx, struct token *t)
{
	const char *start;

	skip_blank(lx);
	start = lx->at;
	t->text[0] = '\0';
	t->number = 0;
	t->error = NULL;
	t->place.line = lx->line;
	t->place.column = (unsigned int)(start - lx->line_start) + 1;
	t->place.length = 1;

	if (!more(lx)) {
		t->kind = TOKEN_END;
		return;
	}
	if (*start == '\n') {
		t->kind = TOKEN_BREAK;
		newline(lx);
		return;
	}
	if (*start == '"' || *start == '\'')
		lex_string(lx, t);
	else if (isdigit((unsigned char)*start) ||
		 (*start == '-' && lx->end - start > 1 && isdigit((unsigned char)start[1])))
		lex_number(lx, t);
	else if (isalpha((unsigned char)*start) || *start == '_')
		lex_name(lx, t);
	else
		lex_sign(lx, t);

	t->place.length = (unsigned int)(lx->at - start);
	if (t->kind == TOKEN_ERROR)
		lx->at = start; /* so that asking again gives the same answer */
}
