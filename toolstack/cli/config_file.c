/* SPDX-License-Identifier: MIT */
/*
 * A configuration file and the overrides behind it on the command line.
 */
#include "cli/config_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/parser.h"
#include "config/schema.h"
#include "diag/guess.h"

/* No configuration is this large; what is, is the wrong file. */
#define FILE_MAX (1UL << 20)

/* As many names of a directory are looked at for a suggestion. */
#define FILES_MAX 256

static int cannot_read(const char *path, int err, struct diag *d)
{
	diag_fail(d, DIAG_CONFIG, "cannot read configuration %s", path);
	diag_why(d, "%s", strerror(err));
	if (err == ENOENT)
		return diag_hint(d, "ls /etc/lamina/guests   shows the examples");
	return -1;
}

static int read_file(const char *path, char **text, size_t *len, struct diag *d)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	int err = 0;
	char *buf;
	size_t n;

	if (!f)
		return cannot_read(path, errno, d);
	buf = malloc(FILE_MAX + 1);
	n = buf ? fread(buf, 1, FILE_MAX + 1, f) : 0;
	if (!buf)
		err = ENOMEM;
	else if (ferror(f))
		err = errno;
	else if (n > FILE_MAX)
		err = EFBIG;
	if (f != stdin)
		fclose(f);
	if (err) {
		free(buf);
		return cannot_read(path, err, d);
	}
	*text = buf;
	*len = n;
	return 0;
}

/* Turns what parser and schema found into the three lines, with the place. */
static int explain(const struct document *doc, const struct config_error *e, int rc, struct diag *d)
{
	const char *file = e->source < doc->nr_sources ? doc->sources[e->source].name : "?";
	char quote[400];

	if (rc == -ENOMEM) {
		diag_fail(d, DIAG_RESOURCES, "cannot read the configuration");
		return diag_why(d, "out of memory");
	}
	if (e->place.line)
		diag_fail(d, DIAG_CONFIG, "%.200s:%u:%u: bad configuration", file, e->place.line,
			  e->place.column);
	else
		diag_fail(d, DIAG_CONFIG, "%.200s: bad configuration", file);
	diag_why(d, "%s", e->message);
	document_quote(doc, e->source, e->place, quote, sizeof(quote));
	diag_context(d, "%s", quote);
	if (e->hint[0])
		diag_hint(d, "%s", e->hint);
	return -1;
}

static void warn(const struct document *doc, const struct schema_warnings *w)
{
	for (size_t i = 0; i < w->count; i++)
		fprintf(stderr, "%s:%u:%u: warning: %s\n", doc->sources[w->items[i].source].name,
			w->items[i].place.line, w->items[i].place.column, w->items[i].message);
}

/* Whether a value must be quoted to be one: not a number, list or quoted text. */
static bool bare(const char *value)
{
	if (*value == '"' || *value == '\'' || *value == '[')
		return false;
	if (*value == '-')
		value++;
	if (!*value)
		return true;
	for (; *value; value++)
		if (!isdigit((unsigned char)*value))
			return true;
	return false;
}

static int add_override(struct document *doc, const char *word, struct config_error *e)
{
	const char *eq = strchr(word, '=');
	size_t room = strlen(word) * 2 + 4, n = 0;
	char *text;
	int rc;

	if (!eq || !bare(eq + 1))
		return document_add(doc, "command line", word, strlen(word), e);
	text = malloc(room);
	if (!text)
		return -ENOMEM;
	n = (size_t)(eq + 1 - word);
	memcpy(text, word, n);
	text[n++] = '"';
	for (const char *p = eq + 1; *p; p++) {
		if (*p == '"' || *p == '\\')
			text[n++] = '\\';
		text[n++] = *p;
	}
	text[n++] = '"';
	rc = document_add(doc, "command line", text, n, e);
	free(text);
	return rc;
}

/* The file in the same directory that was probably meant; false if none is near. */
static bool nearest_file(const char *path, char *out, size_t room)
{
	char dir[512], *names[FILES_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = 0;
	struct dirent *e;
	DIR *d;
	int at;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) + 1 : 2, slash ? path : "./");
	d = opendir(dir);
	while (d && n < FILES_MAX && (e = readdir(d))) {
		names[n] = e->d_name[0] == '.' ? NULL : strdup(e->d_name);
		n += names[n] != NULL;
	}
	if (d)
		closedir(d);
	at = guess_nearest(slash ? slash + 1 : path, (const char *const *)names, n);
	if (at >= 0)
		snprintf(out, room, "%.200s%.200s", slash ? dir : "", names[at]);
	while (n > 0)
		free(names[--n]);
	return at >= 0;
}

/* Blames the setting whose file cannot be read. */
static int check_file(const struct document *doc, const char *key, const char *path,
		      struct config_error *e)
{
	const struct setting *s = document_find(doc, key);
	char near[420];

	if (!path || access(path, R_OK) == 0)
		return 0;
	memset(e, 0, sizeof(*e));
	e->source = s ? s->source : 0;
	if (s)
		e->place = s->value.place;
	snprintf(e->message, sizeof(e->message), "cannot open %s %.150s: %s", key, path,
		 strerror(errno));
	if (nearest_file(path, near, sizeof(near)))
		snprintf(e->hint, sizeof(e->hint), "%s = \"%.200s\"", key, near);
	else
		snprintf(e->hint, sizeof(e->hint),
			 "correct the path; one without / in front starts where you are");
	return -1;
}

int config_file_read(const char *path, char **overrides, int count, struct guest_config *g,
		     struct diag *d)
{
	struct document doc = { 0 };
	struct schema_warnings w;
	struct config_error e;
	char *text = NULL;
	size_t len = 0;
	int rc;

	if (read_file(path, &text, &len, d))
		return -1;
	rc = document_add(&doc, path, text, len, &e);
	free(text);
	for (int i = 0; i < count && !rc; i++)
		rc = add_override(&doc, overrides[i], &e);
	if (!rc) {
		rc = schema_read(&doc, g, &e, &w);
		if (!rc)
			rc = check_file(&doc, "kernel", g->kernel, &e);
		if (!rc)
			rc = check_file(&doc, "ramdisk", g->ramdisk, &e);
		if (rc)
			guest_free(g);
		else
			warn(&doc, &w);
	}
	if (rc)
		explain(&doc, &e, rc, d);
	document_free(&doc);
	return rc ? -1 : 0;
}
