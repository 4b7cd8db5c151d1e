/* SPDX-License-Identifier: MIT */
/*
 * The synchronous XenStore client: the operations.
 */
#include "client/xs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/listing.h"
#include "client/request.h"
#include "client/session.h"
#include "protocol/wire.h"

/* Room for a formatted value: the protocol's payload less a short path. */
#define FORMATTED_MAX 4000
/* Decimal 64-bit number and NUL. */
#define NUMBER_TEXT 21

struct xsc {
	struct session *session;
};

int xsc_open(const char *path, struct xsc **out)
{
	struct xsc *xs = calloc(1, sizeof(*xs));
	int rc;

	if (!xs)
		return -ENOMEM;
	rc = session_open(path, &xs->session);
	if (rc) {
		free(xs);
		return rc;
	}
	*out = xs;
	return 0;
}

void xsc_close(struct xsc *xs)
{
	if (!xs)
		return;
	session_close(xs->session);
	free(xs);
}

void xsc_abandon(struct xsc *xs)
{
	if (!xs)
		return;
	session_abandon(xs->session);
	free(xs);
}

int xsc_start_reader(struct xsc *xs)
{
	return session_start_reader(xs->session);
}

int xsc_cut(struct xsc *xs, int (*cut)(int fd))
{
	return session_cut(xs->session, cut);
}

int xsc_fileno(const struct xsc *xs)
{
	return session_poll_fd(xs->session);
}

int xsc_event_fd(const struct xsc *xs)
{
	return session_event_fd(xs->session);
}

int xsc_read(struct xsc *xs, uint32_t tx, const char *path, char **value, size_t *len)
{
	struct session_reply reply;
	int rc = request_path(xs->session, XS_READ, tx, path, &reply);

	if (rc)
		return rc;
	*value = reply.data;
	if (len)
		*len = reply.len;
	return 0;
}

int xsc_write(struct xsc *xs, uint32_t tx, const char *path, const void *value, size_t len)
{
	const struct iovec parts[] = {
		{ (void *)(uintptr_t)path, strlen(path) + 1 },
		{ (void *)(uintptr_t)value, len },
	};

	return session_call(xs->session, XS_WRITE, tx, parts, 2, NULL);
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
	return request_path(xs->session, XS_MKDIR, tx, path, NULL);
}

int xsc_rm(struct xsc *xs, uint32_t tx, const char *path)
{
	return request_path(xs->session, XS_RM, tx, path, NULL);
}

int xsc_directory(struct xsc *xs, uint32_t tx, const char *path, char ***names, size_t *count)
{
	size_t n;

	return listing_get(xs->session, tx, path, names, count ? count : &n);
}

int xsc_get_perms(struct xsc *xs, uint32_t tx, const char *path, struct perm **perms, size_t *count)
{
	struct session_reply reply;
	struct perm *list;
	size_t n;
	int rc = request_path(xs->session, XS_GET_PERMS, tx, path, &reply);

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
	struct iovec parts[] = {
		{ (void *)(uintptr_t)path, strlen(path) + 1 },
		{ text, 0 },
	};

	if (!count)
		return -EINVAL;
	parts[1].iov_len = perms_format(perms, count, text, sizeof(text));
	if (!parts[1].iov_len)
		return -E2BIG;
	return session_call(xs->session, XS_SET_PERMS, tx, parts, 2, NULL);
}

int xsc_watch(struct xsc *xs, const char *path, const char *token)
{
	const char *strings[] = { path, token };

	return request_strings(xs->session, XS_WATCH, XSC_NO_TX, strings, 2, NULL);
}

int xsc_watch_depth(struct xsc *xs, const char *path, const char *token, uint32_t depth)
{
	char text[NUMBER_TEXT];
	const char *strings[] = { path, token, text };

	snprintf(text, sizeof(text), "%u", depth);
	return request_strings(xs->session, XS_WATCH, XSC_NO_TX, strings, 3, NULL);
}

int xsc_unwatch(struct xsc *xs, const char *path, const char *token)
{
	int rc = xsc_unwatch_only(xs, path, token);

	if (!rc)
		session_drop_events(xs->session, path, token);
	return rc;
}

int xsc_unwatch_only(struct xsc *xs, const char *path, const char *token)
{
	const char *strings[] = { path, token };

	return request_strings(xs->session, XS_UNWATCH, XSC_NO_TX, strings, 2, NULL);
}

int xsc_read_watch(struct xsc *xs, int timeout_ms, struct xsc_event *event)
{
	const char *token;
	char *text;
	int rc = session_next_event(xs->session, timeout_ms, &text, &token);

	if (rc)
		return rc;
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
	return session_begin(xs->session, tx);
}

int xsc_transaction_end(struct xsc *xs, uint32_t tx, bool abort)
{
	return request_path(xs->session, XS_TRANSACTION_END, tx, abort ? "F" : "T", NULL);
}

int xsc_introduce(struct xsc *xs, uint32_t domid, uint64_t mfn, uint32_t port)
{
	const uint64_t numbers[] = { domid, mfn, port };

	return request_numbers(xs->session, XS_INTRODUCE, numbers, 3, NULL);
}

int xsc_release(struct xsc *xs, uint32_t domid)
{
	const uint64_t number = domid;

	return request_numbers(xs->session, XS_RELEASE, &number, 1, NULL);
}

int xsc_resume(struct xsc *xs, uint32_t domid)
{
	const uint64_t number = domid;

	return request_numbers(xs->session, XS_RESUME, &number, 1, NULL);
}

int xsc_is_introduced(struct xsc *xs, uint32_t domid)
{
	const uint64_t number = domid;
	struct session_reply reply;
	int rc = request_numbers(xs->session, XS_IS_DOMAIN_INTRODUCED, &number, 1, &reply);

	if (rc)
		return rc;
	rc = reply.data[0] == 'T';
	free(reply.data);
	return rc;
}

int xsc_set_target(struct xsc *xs, uint32_t domid, uint32_t target)
{
	const uint64_t numbers[] = { domid, target };

	return request_numbers(xs->session, XS_SET_TARGET, numbers, 2, NULL);
}

int xsc_domain_path(struct xsc *xs, uint32_t domid, char **path)
{
	const uint64_t number = domid;
	struct session_reply reply;
	int rc = request_numbers(xs->session, XS_GET_DOMAIN_PATH, &number, 1, &reply);

	if (!rc)
		*path = reply.data;
	return rc;
}

int xsc_control(struct xsc *xs, const char *const *words, size_t count, char **answer)
{
	struct session_reply reply;
	int rc = request_strings(xs->session, XS_CONTROL, XSC_NO_TX, words, count, &reply);

	if (!rc)
		*answer = reply.data;
	return rc;
}

int xsc_control_data(struct xsc *xs, const char *command, const void *data, size_t len, char **answer)
{
	const struct iovec parts[] = {
		{ (void *)(uintptr_t)command, strlen(command) + 1 },
		{ (void *)(uintptr_t)data, len },
	};
	struct session_reply reply;
	int rc = session_call(xs->session, XS_CONTROL, XSC_NO_TX, parts, 2, &reply);

	if (!rc)
		*answer = reply.data;
	return rc;
}

/* A request whose answer is a number. */
static int ask_number(struct xsc *xs, uint32_t type, const char *const *strings, size_t count,
		      uint32_t *out)
{
	struct session_reply reply;
	uint64_t number;
	int rc = request_strings(xs->session, type, XSC_NO_TX, strings, count, &reply);

	if (!rc)
		rc = request_number_of(&reply, UINT32_MAX, &number);
	if (!rc)
		*out = (uint32_t)number;
	return rc;
}

/* The domain's number if it is meant, in @text; how many strings that is. */
static size_t name_domain(int64_t domid, char text[NUMBER_TEXT], const char **string)
{
	if (domid < 0)
		return 0;
	snprintf(text, NUMBER_TEXT, "%lld", (long long)domid);
	*string = text;
	return 1;
}

int xsc_get_features(struct xsc *xs, int64_t domid, uint32_t *features)
{
	const char *strings[1];
	char text[NUMBER_TEXT];
	size_t count = name_domain(domid, text, strings);

	return ask_number(xs, XSC_GET_FEATURE, strings, count, features);
}

int xsc_set_features(struct xsc *xs, uint32_t domid, uint32_t features)
{
	const uint64_t numbers[] = { domid, features };

	return request_numbers(xs->session, XSC_SET_FEATURE, numbers, 2, NULL);
}

int xsc_quota_names(struct xsc *xs, char ***names, size_t *count)
{
	struct session_reply reply;
	int rc = session_call(xs->session, XSC_GET_QUOTA, XSC_NO_TX, NULL, 0, &reply);

	if (rc)
		return rc;
	/* The text ends in a NUL, sent or not; names lie between blanks. */
	reply.len = strlen(reply.data);
	for (char *at = reply.data; (at = strchr(at, ' ')); at++)
		*at = '\0';
	rc = listing_vector(reply.data, reply.len ? reply.len + 1 : 0, names, count);
	free(reply.data);
	return rc;
}

int xsc_get_quota(struct xsc *xs, int64_t domid, const char *name, uint32_t *value)
{
	const char *strings[2];
	char text[NUMBER_TEXT];
	size_t count = name_domain(domid, text, strings);

	strings[count++] = name;
	return ask_number(xs, XSC_GET_QUOTA, strings, count, value);
}

int xsc_set_quota(struct xsc *xs, int64_t domid, const char *name, uint32_t value)
{
	char text[NUMBER_TEXT], number[NUMBER_TEXT];
	const char *strings[3];
	size_t count = name_domain(domid, text, strings);

	snprintf(number, sizeof(number), "%u", value);
	strings[count++] = name;
	strings[count++] = number;
	return request_strings(xs->session, XSC_SET_QUOTA, XSC_NO_TX, strings, count, NULL);
}
