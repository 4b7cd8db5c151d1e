/* SPDX-License-Identifier: MIT */
/*
 * The synchronous XenStore client: requests, replies, events between them.
 */
#include "client/xs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/events.h"
#include "client/link.h"
#include "protocol/wire.h"

/* Room for a formatted value: the protocol's payload less a short path. */
#define FORMATTED_MAX 4000
/* Decimal 64-bit number and NUL. */
#define NUMBER_TEXT 21

struct xsc {
	int fd;
	/* The first fatal error; every later call returns it at once. */
	int broken;
	struct events events;
};

struct reply {
	char *data;
	size_t len;
};

int xsc_open(const char *path, struct xsc **out)
{
	struct xsc *xs = calloc(1, sizeof(*xs));
	int rc;

	if (!xs)
		return -ENOMEM;
	xs->fd = link_open(path);
	if (xs->fd < 0) {
		rc = xs->fd;
		goto undo_alloc;
	}
	rc = events_init(&xs->events, xs->fd);
	if (rc)
		goto undo_link;
	*out = xs;
	return 0;

undo_link:
	close(xs->fd);
undo_alloc:
	free(xs);
	return rc;
}

void xsc_close(struct xsc *xs)
{
	if (!xs)
		return;
	events_close(&xs->events);
	close(xs->fd);
	free(xs);
}

int xsc_fileno(const struct xsc *xs)
{
	return xs->events.poll_fd;
}

static int fail(struct xsc *xs, int rc)
{
	xs->broken = rc;
	return rc;
}

/* Waits for the reply to the one request under way; queues events before it. */
static int await_reply(struct xsc *xs, uint32_t type, struct reply *out)
{
	struct link_msg msg;
	int rc;

	for (;;) {
		rc = link_receive(xs->fd, -1, &msg);
		if (rc)
			return fail(xs, rc);
		if (msg.hdr.type != XS_WATCH_EVENT)
			break;
		rc = events_push(&xs->events, msg.payload, msg.hdr.len);
		if (rc)
			return fail(xs, rc);
	}
	if (msg.hdr.type == XS_ERROR) {
		rc = -wire_error_number(msg.payload, msg.hdr.len);
		free(msg.payload);
		return rc;
	}
	if (msg.hdr.type != type) {
		free(msg.payload);
		return fail(xs, -EPROTO);
	}
	if (!out) {
		free(msg.payload);
		return 0;
	}
	out->data = msg.payload;
	out->len = msg.hdr.len;
	return 0;
}

static int request(struct xsc *xs, uint32_t type, uint32_t tx, const void *const *parts,
		   const size_t *lens, size_t count, struct reply *out)
{
	int rc;

	if (xs->broken)
		return xs->broken;
	rc = link_send(xs->fd, type, tx, parts, lens, count);
	if (rc == -E2BIG)
		return rc;
	if (rc)
		return fail(xs, rc);
	return await_reply(xs, type, out);
}

/* A request whose payload is @count strings, each with its NUL. */
static int request_strings(struct xsc *xs, uint32_t type, uint32_t tx, const char *const *strings,
			   size_t count, struct reply *out)
{
	const void *parts[4];
	size_t lens[4];

	if (count > 4)
		return -E2BIG;
	for (size_t i = 0; i < count; i++) {
		parts[i] = strings[i];
		lens[i] = strlen(strings[i]) + 1;
	}
	return request(xs, type, tx, parts, lens, count, out);
}

static int request_path(struct xsc *xs, uint32_t type, uint32_t tx, const char *path,
			struct reply *out)
{
	return request_strings(xs, type, tx, &path, 1, out);
}

static int request_numbers(struct xsc *xs, uint32_t type, const uint64_t *numbers, size_t count,
			   struct reply *out)
{
	char text[3][NUMBER_TEXT];
	const char *strings[3];

	for (size_t i = 0; i < count; i++) {
		snprintf(text[i], sizeof(text[i]), "%llu", (unsigned long long)numbers[i]);
		strings[i] = text[i];
	}
	return request_strings(xs, type, XSC_NO_TX, strings, count, out);
}

int xsc_read(struct xsc *xs, uint32_t tx, const char *path, char **value, size_t *len)
{
	struct reply reply;
	int rc = request_path(xs, XS_READ, tx, path, &reply);

	if (rc)
		return rc;
	*value = reply.data;
	if (len)
		*len = reply.len;
	return 0;
}

int xsc_write(struct xsc *xs, uint32_t tx, const char *path, const void *value, size_t len)
{
	const void *parts[] = { path, value };
	size_t lens[] = { strlen(path) + 1, len };

	return request(xs, XS_WRITE, tx, parts, lens, 2, NULL);
}

int xsc_printf(struct xsc *xs, uint32_t tx, const char *path, const char *fmt, ...)
{
	char value[FORMATTED_MAX + 1];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(value, sizeof(value), fmt, args);
	va_end(args);
	if (n < 0)
		return -EINVAL;
	if ((size_t)n >= sizeof(value))
		return -E2BIG;
	return xsc_write(xs, tx, path, value, (size_t)n);
}

int xsc_mkdir(struct xsc *xs, uint32_t tx, const char *path)
{
	return request_path(xs, XS_MKDIR, tx, path, NULL);
}

int xsc_rm(struct xsc *xs, uint32_t tx, const char *path)
{
	return request_path(xs, XS_RM, tx, path, NULL);
}

/*
 * Collects a listing that is too long for one message.  Each part begins with
 * the directory's generation; a change of it means to begin anew.  The last
 * part ends in an empty name.
 */
static int directory_parts(struct xsc *xs, uint32_t tx, const char *path, struct reply *out)
{
	char generation[NUMBER_TEXT] = "";
	char *all = NULL;
	size_t used = 0;

	for (;;) {
		char offset[NUMBER_TEXT];
		const char *strings[] = { path, offset };
		struct reply part;
		size_t skip;
		char *grown;
		bool last;
		int rc;

		snprintf(offset, sizeof(offset), "%zu", used);
		rc = request_strings(xs, XS_DIRECTORY_PART, tx, strings, 2, &part);
		if (rc) {
			free(all);
			return rc;
		}
		skip = strnlen(part.data, part.len) + 1;
		if (skip > part.len || skip > sizeof(generation)) {
			free(part.data);
			free(all);
			return fail(xs, -EPROTO);
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

/* Turns NUL-separated text into pointers and text in one allocation. */
static int strings_to_vector(const struct reply *reply, char ***names, size_t *count)
{
	size_t n = wire_count_strings(reply->data, reply->len);
	size_t table = (n + 1) * sizeof(char *);
	char **vec = malloc(table + reply->len + 1);
	char *text;

	if (!vec)
		return -ENOMEM;
	text = (char *)vec + table;
	memcpy(text, reply->data, reply->len);
	text[reply->len] = '\0';
	for (size_t i = 0; i < n; i++) {
		vec[i] = text;
		text += strlen(text) + 1;
	}
	vec[n] = NULL;
	*names = vec;
	if (count)
		*count = n;
	return 0;
}

int xsc_directory(struct xsc *xs, uint32_t tx, const char *path, char ***names, size_t *count)
{
	struct reply reply;
	int rc = request_path(xs, XS_DIRECTORY, tx, path, &reply);

	if (rc == -E2BIG)
		rc = directory_parts(xs, tx, path, &reply);
	if (rc)
		return rc;
	rc = strings_to_vector(&reply, names, count);
	free(reply.data);
	return rc;
}

int xsc_get_perms(struct xsc *xs, uint32_t tx, const char *path, struct perm **perms, size_t *count)
{
	struct reply reply;
	struct perm *list;
	size_t n;
	int rc = request_path(xs, XS_GET_PERMS, tx, path, &reply);

	if (rc)
		return rc;
	n = wire_count_strings(reply.data, reply.len);
	list = calloc(n + 1, sizeof(*list));
	if (list)
		rc = perms_parse(reply.data, reply.len, list, n);
	else
		rc = -ENOMEM;
	free(reply.data);
	if (rc) {
		free(list);
		return rc;
	}
	*perms = list;
	*count = n;
	return 0;
}

int xsc_set_perms(struct xsc *xs, uint32_t tx, const char *path, const struct perm *perms,
		  size_t count)
{
	char text[XENSTORE_PAYLOAD_MAX];
	const void *parts[] = { path, text };
	size_t lens[] = { strlen(path) + 1, 0 };

	if (!count)
		return -EINVAL;
	lens[1] = perms_format(perms, count, text, sizeof(text));
	if (!lens[1])
		return -E2BIG;
	return request(xs, XS_SET_PERMS, tx, parts, lens, 2, NULL);
}

int xsc_watch(struct xsc *xs, const char *path, const char *token)
{
	const char *strings[] = { path, token };

	return request_strings(xs, XS_WATCH, XSC_NO_TX, strings, 2, NULL);
}

int xsc_unwatch(struct xsc *xs, const char *path, const char *token)
{
	const char *strings[] = { path, token };
	int rc = request_strings(xs, XS_UNWATCH, XSC_NO_TX, strings, 2, NULL);

	if (!rc)
		events_drop(&xs->events, path, token);
	return rc;
}

int xsc_read_watch(struct xsc *xs, int timeout_ms, struct xsc_event *event)
{
	struct link_msg msg;
	const char *token;
	char *text;
	int rc;

	while (!events_pop(&xs->events, &text, &token)) {
		if (xs->broken)
			return xs->broken;
		rc = link_receive(xs->fd, timeout_ms, &msg);
		if (rc == -EAGAIN)
			return rc;
		if (rc)
			return fail(xs, rc);
		if (msg.hdr.type != XS_WATCH_EVENT) {
			free(msg.payload);
			return fail(xs, -EPROTO);
		}
		rc = events_push(&xs->events, msg.payload, msg.hdr.len);
		if (rc)
			return fail(xs, rc);
	}
	event->path = text;
	event->token = strdup(token);
	if (!event->token) {
		free(text);
		return -ENOMEM;
	}
	return 0;
}

void xsc_event_clear(struct xsc_event *event)
{
	free(event->path);
	free(event->token);
	event->path = NULL;
	event->token = NULL;
}

int xsc_transaction_start(struct xsc *xs, uint32_t *tx)
{
	struct reply reply;
	uint64_t id;
	int rc = request_path(xs, XS_TRANSACTION_START, XSC_NO_TX, "", &reply);

	if (rc)
		return rc;
	if (!wire_number(reply.data, UINT32_MAX, &id) || !id)
		rc = fail(xs, -EPROTO);
	else
		*tx = (uint32_t)id;
	free(reply.data);
	return rc;
}

int xsc_transaction_end(struct xsc *xs, uint32_t tx, bool abort)
{
	return request_path(xs, XS_TRANSACTION_END, tx, abort ? "F" : "T", NULL);
}

int xsc_introduce(struct xsc *xs, uint32_t domid, uint64_t mfn, uint32_t port)
{
	const uint64_t numbers[] = { domid, mfn, port };

	return request_numbers(xs, XS_INTRODUCE, numbers, 3, NULL);
}

int xsc_release(struct xsc *xs, uint32_t domid)
{
	const uint64_t number = domid;

	return request_numbers(xs, XS_RELEASE, &number, 1, NULL);
}

int xsc_resume(struct xsc *xs, uint32_t domid)
{
	const uint64_t number = domid;

	return request_numbers(xs, XS_RESUME, &number, 1, NULL);
}

int xsc_is_introduced(struct xsc *xs, uint32_t domid)
{
	const uint64_t number = domid;
	struct reply reply;
	int rc = request_numbers(xs, XS_IS_DOMAIN_INTRODUCED, &number, 1, &reply);

	if (rc)
		return rc;
	rc = reply.data[0] == 'T';
	free(reply.data);
	return rc;
}

int xsc_set_target(struct xsc *xs, uint32_t domid, uint32_t target)
{
	const uint64_t numbers[] = { domid, target };

	return request_numbers(xs, XS_SET_TARGET, numbers, 2, NULL);
}

int xsc_domain_path(struct xsc *xs, uint32_t domid, char **path)
{
	const uint64_t number = domid;
	struct reply reply;
	int rc = request_numbers(xs, XS_GET_DOMAIN_PATH, &number, 1, &reply);

	if (!rc)
		*path = reply.data;
	return rc;
}

int xsc_control(struct xsc *xs, const char *const *words, size_t count, char **answer)
{
	struct reply reply;
	int rc = request_strings(xs, XS_CONTROL, XSC_NO_TX, words, count, &reply);

	if (!rc)
		*answer = reply.data;
	return rc;
}
