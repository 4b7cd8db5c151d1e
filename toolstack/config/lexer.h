/* SPDX-License-Identifier: MIT */
/*
 * Words of a guest configuration, each with its place, in xl.cfg(5) syntax.
 * Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum token_kind {
	TOKEN_END,   /* of the text */
	TOKEN_BREAK, /* newline or ';' */
	TOKEN_NAME,
	TOKEN_NUMBER,
	TOKEN_STRING,
	TOKEN_ASSIGN,
	TOKEN_APPEND, /* += */
	TOKEN_OPEN,   /* [ */
	TOKEN_CLOSE,  /* ] */
	TOKEN_COMMA,
	TOKEN_ERROR,
};

/* A place in the text: line and column count from 1. */
struct place {
	unsigned int line;
	unsigned int column;
	unsigned int length;
};

/* Text of names and strings, unquoted; longer ones are an error. */
#define TOKEN_TEXT_MAX 4096

struct token {
	enum token_kind kind;
	struct place place;
	int64_t number;
	char text[TOKEN_TEXT_MAX];
	const char *error; /* for TOKEN_ERROR: a sentence */
};

struct lexer {
	const char *at;
	const char *end;
	const char *line_start;
	unsigned int line;
};

void lexer_init(struct lexer *lx, const char *text, size_t len);

/* lexer_next - the next word.  After TOKEN_END or TOKEN_ERROR, the same again. */
void lexer_next(struct lexer *lx, struct token *t);
