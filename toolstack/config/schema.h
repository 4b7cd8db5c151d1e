/* SPDX-License-Identifier: MIT */
/*
 * What each key of a guest configuration means: one table with key, type,
 * range and help, used to read a document, to write one, and to explain.
 */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "config/guest.h"
#include "config/parser.h"

enum schema_kind {
	SCHEMA_TEXT,
	SCHEMA_NUMBER,
	SCHEMA_ACTION,	/* one of guest_action_names */
	SCHEMA_TEXTS,	/* a list of strings, or one string */
	SCHEMA_CPUS,	/* a CPU set, or a list with one for each vCPU */
	SCHEMA_IGNORED, /* known to xl, without meaning for a PV guest here */
	SCHEMA_REFUSED, /* known to xl, and its absence would change the guest */
};

struct schema_entry {
	const char *key;
	enum schema_kind kind;
	size_t offset; /* of the field in struct guest_config */
	int64_t min, max;
	const char *help;
};

extern const struct schema_entry schema_table[];
extern const size_t schema_count;

/* A remark that does not stop anything. */
struct schema_warning {
	unsigned int source;
	struct place place;
	char message[200];
};
#define SCHEMA_WARNINGS 32
struct schema_warnings {
	size_t count;
	struct schema_warning items[SCHEMA_WARNINGS];
};

/*
 * schema_read - turn settings into a guest.
 * @g: filled in over guest_defaults(); the caller frees it, also on error.
 * Returns 0, -1 with @err filled in, or -ENOMEM.
 */
int schema_read(const struct document *doc, struct guest_config *g, struct config_error *err,
		struct schema_warnings *warn);

/* schema_write - the guest as a configuration file that reads back the same. */
void schema_write(const struct guest_config *g, FILE *out);

/* schema_json - the guest as a JSON object; the caller owns it.  NULL without memory. */
json_t *schema_json(const struct guest_config *g);
