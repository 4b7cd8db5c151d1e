/* SPDX-License-Identifier: MIT */
/*
 * The names of a node's children, however many.
 */
#include "client/listing.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/request.h"
#include "protocol/wire.h"

/* Decimal 64-bit number and NUL. */
#define NUMBER_TEXT 21

/*
 * Collects a listing that is too long for one message.  Each part begins with
 * the directory's generation; a change of it means to begin anew.  The last
 * part ends in an empty name.
 */
static int directory_parts(struct session *s, uint32_t tx, const char *path, struct session_reply *out)
{
	char generation[NUMBER_TEXT] = "";
	char *all = NULL;
	size_t used = 0;

	for (;;) {
		char offset[NUMBER_TEXT];
		const char *strings[] = { path, offset };
		struct session_reply part;
		size_t skip;
		char *grown;
		bool last;
		int rc;

		snprintf(offset, sizeof(offset), "%zu", used);
		rc = request_strings(s, XS_DIRECTORY_PART, tx, strings, 2, &part);
		if (rc) {
			free(all);
			return rc;
		}
		skip = strnlen(part.data, part.len) + 1;
		if (skip > part.len || skip > sizeof(generation)) {
			free(part.data);
			free(all);
			return -EPROTO;
		}
		if (used && strcmp(generation, part.data)) {
			used = 0;
			free(part.data);
			continue;
		}
		strcpy(generation, part.data);
		last = part.len == skip || part.data[part.len - 1] != '\0' ||
		       (part.len - skip == 1) || part.data[part.len - 2] == '\0';
		grown = realloc(all, used + part.len - skip + 1);
		if (!grown) {
			free(part.data);
			free(all);
			return -ENOMEM;
		}
		all = grown;
		memcpy(all + used, part.data + skip, part.len - skip);
		used += part.len - skip;
		free(part.data);
		if (last)
			break;
	}
	/* The empty name that marks the end is none of the children. */
	while (used && !all[used - 1] && (used == 1 || !all[used - 2]))
		used--;
	out->data = all;
	out->len = used;
	return 0;
}

int listing_vector(const char *data, size_t len, char ***names, size_t *count)
{
	size_t n = wire_count_strings(data, len);
	size_t table = (n + 1) * sizeof(char *);
	char **vec = malloc(table + len + 1);
	char *text;

	if (!vec)
		return -ENOMEM;
	text = (char *)vec + table;
	memcpy(text, data, len);
	text[len] = '\0';
	for (size_t i = 0; i < n; i++) {
		vec[i] = text;
		text += strlen(text) + 1;
	}
	vec[n] = NULL;
	*names = vec;
	*count = n;
	return 0;
}

int listing_get(struct session *s, uint32_t tx, const char *path, char ***names, size_t *count)
{
	struct session_reply reply;
	int rc = request_path(s, XS_DIRECTORY, tx, path, &reply);

	if (rc == -E2BIG)
		rc = directory_parts(s, tx, path, &reply);
	if (rc)
		return rc;
	rc = listing_vector(reply.data, reply.len, names, count);
	free(reply.data);
	return rc;
}
