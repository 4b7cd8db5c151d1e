/* SPDX-License-Identifier: MIT */
/*
 * A guest configuration as a list of settings, before anyone asks what they
 * mean.  Pure: text in, settings or a located error out.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/lexer.h"

enum value_kind {
	VALUE_NUMBER,
	VALUE_STRING,
	VALUE_LIST,
};

struct value {
	enum value_kind kind;
	struct place place;
	int64_t number;
	char *text; /* numbers too, as they were written */
	struct value *items;
	size_t nr_items;
};

struct setting {
	char *key;
	struct place place;
	struct value value;
	unsigned int source; /* index into the document's sources */
};

/* Where text came from: the file, and the command line's overrides. */
struct source {
	char *name;
	char *text;
	size_t len;
};

#define DOCUMENT_SOURCES 64

struct document {
	struct source sources[DOCUMENT_SOURCES];
	unsigned int nr_sources;
	struct setting *settings;
	size_t nr_settings;
};

/* What is wrong with a configuration, and where. */
struct config_error {
	unsigned int source;
	struct place place;
	char message[256];
	char hint[256];
};

/* Lists may nest this deep, and a document may hold so many values. */
#define DOCUMENT_DEPTH	8
#define DOCUMENT_VALUES 65536

/*
 * document_add - parse a text and append its settings.
 * @name: shown in errors; @text: @len bytes, need not end in NUL; both copied.
 * A key that was set before is replaced, `+=` extends it.
 * Returns 0, -1 with @err filled in, or -ENOMEM.
 */
int document_add(struct document *doc, const char *name, const char *text, size_t len,
		 struct config_error *err);

/* document_free - release everything and zero the document. */
void document_free(struct document *doc);

/* document_find - the setting of a key, or NULL. */
const struct setting *document_find(const struct document *doc, const char *key);

/*
 * document_quote - the source line of an error with a caret below it.
 * @out: gets two lines, each with a newline; cut to @room.
 */
void document_quote(const struct document *doc, unsigned int source, struct place at, char *out,
		    size_t room);
