/* SPDX-License-Identifier: MIT */
/*
 * A guest configuration as a list of settings.
 */
#include "config/parser.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct document *doc;
	struct lexer lx;
	struct token now;
	struct config_error *err;
	unsigned int source;
	size_t values;
};

static void value_free(struct value *v)
{
	for (size_t i = 0; i < v->nr_items; i++)
		value_free(&v->items[i]);
	free(v->items);
	free(v->text);
	memset(v, 0, sizeof(*v));
}

static void step(struct parser *p)
{
	lexer_next(&p->lx, &p->now);
}

static int fail_at(struct parser *p, struct place at, const char *message, const char *hint)
{
	p->err->source = p->source;
	p->err->place = at;
	snprintf(p->err->message, sizeof(p->err->message), "%s", message);
	snprintf(p->err->hint, sizeof(p->err->hint), "%s", hint);
	return -1;
}

/* An error of the lexer wins over what the parser would say about it. */
static int fail_here(struct parser *p, const char *message, const char *hint)
{
	if (p->now.kind == TOKEN_ERROR)
		return fail_at(p, p->now.place, p->now.error,
			       "quote text as \"text\"; start a comment with #");
	return fail_at(p, p->now.place, message, hint);
}

static int no_memory(struct parser *p)
{
	fail_at(p, p->now.place, "out of memory", "");
	return -ENOMEM;
}

static int parse_value(struct parser *p, struct value *v, int depth);

static int append_item(struct value *list, struct value *item)
{
	struct value *items = realloc(list->items, (list->nr_items + 1) * sizeof(*items));

	if (!items)
		return -ENOMEM;
	items[list->nr_items++] = *item;
	list->items = items;
	return 0;
}

/* After '[': values with commas between, newlines anywhere, a comma at the end. */
static int parse_list(struct parser *p, struct value *v, int depth)
{
	struct place open = p->now.place;

	v->kind = VALUE_LIST;
	if (depth >= DOCUMENT_DEPTH)
		return fail_here(p, "lists are nested too deep", "flatten the list");
	step(p);
	for (;;) {
		struct value item = { 0 };
		int rc;

		while (p->now.kind == TOKEN_BREAK)
			step(p);
		if (p->now.kind == TOKEN_CLOSE)
			break;
		if (p->now.kind == TOKEN_END)
			return fail_at(p, open, "this list has no closing bracket", "add ]");
		rc = parse_value(p, &item, depth + 1);
		if (!rc && append_item(v, &item))
			rc = no_memory(p);
		if (rc) {
			value_free(&item);
			return rc;
		}
		while (p->now.kind == TOKEN_BREAK)
			step(p);
		if (p->now.kind == TOKEN_COMMA)
			step(p);
		else if (p->now.kind != TOKEN_CLOSE)
			return fail_here(p, "the list needs a comma or a closing bracket here",
					 "write [ \"a\", \"b\" ]");
	}
	step(p);
	return 0;
}

static int parse_value(struct parser *p, struct value *v, int depth)
{
	v->place = p->now.place;
	if (++p->values > DOCUMENT_VALUES)
		return fail_here(p, "the configuration has too many values", "split it");
	switch (p->now.kind) {
	case TOKEN_STRING:
	case TOKEN_NUMBER:
		v->kind = p->now.kind == TOKEN_STRING ? VALUE_STRING : VALUE_NUMBER;
		v->number = p->now.number;
		v->text = strdup(p->now.text);
		if (!v->text)
			return no_memory(p);
		step(p);
		return 0;
	case TOKEN_OPEN: return parse_list(p, v, depth);
	case TOKEN_NAME:
		return fail_here(p, "a value is expected here, and text needs quotes",
				 "put \"...\" around it");
	default:
		return fail_here(p, "a value is expected here",
				 "write a number, \"text\" or a [ list ]");
	}
}

static struct setting *find(const struct document *doc, const char *key)
{
	for (size_t i = 0; i < doc->nr_settings; i++)
		if (strcmp(doc->settings[i].key, key) == 0)
			return &doc->settings[i];
	return NULL;
}

/* `+=`: lists grow by a list's items or by one value; text by text. */
static int extend(struct parser *p, struct setting *old, struct value *v)
{
	if (old->value.kind == VALUE_STRING && v->kind == VALUE_STRING) {
		size_t a = strlen(old->value.text), b = strlen(v->text);
		char *both = realloc(old->value.text, a + b + 1);

		if (!both)
			return no_memory(p);
		memcpy(both + a, v->text, b + 1);
		old->value.text = both;
		value_free(v);
		return 0;
	}
	if (old->value.kind != VALUE_LIST)
		return fail_at(p, v->place, "+= extends lists and text, and this is neither",
			       "use = instead");
	if (v->kind != VALUE_LIST)
		return append_item(&old->value, v) ? no_memory(p) : 0;
	for (size_t i = 0; i < v->nr_items; i++) {
		if (append_item(&old->value, &v->items[i])) {
			/* What moved already belongs to the old list. */
			memset(v->items, 0, i * sizeof(*v->items));
			return no_memory(p);
		}
	}
	free(v->items);
	v->items = NULL;
	v->nr_items = 0;
	return 0;
}

/* Takes ownership of @key and of what @v holds, on success. */
static int store(struct parser *p, char *key, struct place at, struct value *v, bool append)
{
	struct setting *s = find(p->doc, key), *all;

	if (s && append) {
		int rc = extend(p, s, v);

		if (!rc)
			free(key);
		return rc;
	}
	if (s) {
		free(s->key);
		value_free(&s->value);
	} else {
		all = realloc(p->doc->settings, (p->doc->nr_settings + 1) * sizeof(*all));
		if (!all)
			return no_memory(p);
		p->doc->settings = all;
		s = &all[p->doc->nr_settings++];
	}
	s->key = key;
	s->place = at;
	s->value = *v;
	s->source = p->source;
	return 0;
}

/* KEY = VALUE, up to the end of its line. */
static int parse_setting(struct parser *p)
{
	struct place at = p->now.place;
	struct value v = { 0 };
	bool append;
	char *key;
	int rc;

	if (p->now.kind != TOKEN_NAME)
		return fail_here(p, "a setting must start with its name",
				 "write name = value, one on a line");
	key = strdup(p->now.text);
	if (!key)
		return no_memory(p);
	step(p);
	append = p->now.kind == TOKEN_APPEND;
	if (p->now.kind != TOKEN_ASSIGN && !append) {
		rc = fail_here(p, "= is missing after the name", "write name = value");
		goto out;
	}
	step(p);
	rc = parse_value(p, &v, 0);
	if (!rc && p->now.kind != TOKEN_BREAK && p->now.kind != TOKEN_END)
		rc = fail_here(p, "something is left over behind the value",
			       "put the next setting on its own line");
	if (!rc)
		rc = store(p, key, at, &v, append);
	if (!rc)
		return 0;
out:
	value_free(&v);
	free(key);
	return rc;
}

int document_add(struct document *doc, const char *name, const char *text, size_t len,
		 struct config_error *err)
{
	struct parser *p;
	struct source *s;
	int rc = 0;

	memset(err, 0, sizeof(*err));
	if (doc->nr_sources == DOCUMENT_SOURCES) {
		snprintf(err->message, sizeof(err->message), "too many settings to override");
		return -1;
	}
	p = calloc(1, sizeof(*p)); /* a token is large */
	s = &doc->sources[doc->nr_sources];
	s->name = strdup(name);
	s->text = malloc(len + 1);
	if (!p || !s->name || !s->text) {
		free(p);
		free(s->name);
		free(s->text);
		memset(s, 0, sizeof(*s));
		return -ENOMEM;
	}
	memcpy(s->text, text, len);
	s->text[len] = '\0';
	s->len = len;

	p->doc = doc;
	p->err = err;
	p->source = doc->nr_sources++;
	lexer_init(&p->lx, s->text, len);
	step(p);
	while (!rc && p->now.kind != TOKEN_END) {
		if (p->now.kind == TOKEN_BREAK)
			step(p);
		else
			rc = parse_setting(p);
	}
	free(p);
	return rc;
}

void document_free(struct document *doc)
{
	for (size_t i = 0; i < doc->nr_settings; i++) {
		free(doc->settings[i].key);
		value_free(&doc->settings[i].value);
	}
	free(doc->settings);
	for (unsigned int i = 0; i < doc->nr_sources; i++) {
		free(doc->sources[i].name);
		free(doc->sources[i].text);
	}
	memset(doc, 0, sizeof(*doc));
}

const struct setting *document_find(const struct document *doc, const char *key)
{
	return find(doc, key);
}

void document_quote(const struct document *doc, unsigned int source, struct place at, char *out,
		    size_t room)
{
	const char *line, *end, *stop;
	unsigned int n = at.line, carets;
	size_t used;
	int len;

	out[0] = '\0';
	if (source >= doc->nr_sources || at.line == 0 || room == 0)
		return;
	line = doc->sources[source].text;
	stop = line + doc->sources[source].len;
	while (--n > 0) {
		const char *nl = memchr(line, '\n', (size_t)(stop - line));

		if (!nl)
			return;
		line = nl + 1;
	}
	end = memchr(line, '\n', (size_t)(stop - line));
	if (!end)
		end = stop;
	len = end - line > 160 ? 160 : (int)(end - line);
	used = (size_t)snprintf(out, room, "    %.*s\n    ", len, line);
	carets = at.length ? at.length : 1;
	if (at.column > (unsigned int)len + 1)
		return;
	if (carets > (unsigned int)len + 1 - (at.column - 1))
		carets = (unsigned int)len + 1 - (at.column - 1);
	for (unsigned int i = 1; i < at.column && used + 2 < room; i++)
		out[used++] = line[i - 1] == '\t' ? '\t' : ' ';
	for (unsigned int i = 0; i < carets && used + 2 < room; i++)
		out[used++] = i ? '~' : '^';
	if (used + 2 <= room) {
		out[used++] = '\n';
		out[used] = '\0';
	}
}
