/* SPDX-License-Identifier: MIT */
/*
 * An asynchronous XenStore client.
 *
 * Requests lie in one list in the order in which they are sent; @unsent is the
 * first that is not wholly sent.  An answer takes one out of the part before
 * it, wherever it lies.
 */
#include "client/uvclient.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/link.h"
#include "client/redo.h"
#include "client/uvstate.h"
#include "protocol/wire.h"

#define INPUT_BYTES (4 * WIRE_MAX)
#define RETRY_MS    20
#define TOKEN_MAX   24

struct request {
	struct request *next;
	struct uvclient_tx *tx;
	uvclient_done done;
	void *arg;
	bool begun;
	bool again;
	/* Made in a transaction after it was lost. */
	bool stale;
	struct xsd_sockmsg hdr;
	/* With a NUL behind it. */
	char payload[];
};

struct uvclient_watch {
	struct uvclient_watch *next;
	uvclient_event event;
	void *arg;
	uint32_t number;
	char path[];
};

/* A connection; outlives its loss until libuv lets go of the handle. */
struct stream {
	uv_poll_t poll;
	struct uvclient *client;
	int fd;
};

struct uvclient {
	uv_loop_t *loop;
	struct link_address where;
	struct stream *stream;
	uv_timer_t retry;
	bool closing;
	struct request *first;
	struct request **end;
	struct request *unsent;
	/* Bytes of @unsent that are gone. */
	size_t sent;
	uint32_t last_id;
	struct uvclient_watch *watches;
	uint32_t last_watch;
	size_t in_len;
	char in[INPUT_BYTES];
};

static void on_ready(uv_poll_t *poll, int status, int events);

static void rearm(struct uvclient *c)
{
	int events = UV_READABLE | (c->unsent ? UV_WRITABLE : 0);

	if (c->stream && !c->closing)
		uv_poll_start(&c->stream->poll, events, on_ready);
}

/* Takes a request out of the list. */
static void take_out(struct uvclient *c, struct request *request)
{
	struct request **at = &c->first;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	if (!request->next)
		c->end = at;
	if (c->unsent == request)
		c->unsent = request->next;
}

static void answer(struct uvclient *c, struct request *request, int status, const char *data,
		   size_t len)
{
	take_out(c, request);
	if (request->done)
		request->done(request->arg, status, data, len);
	uvstate_put(request->tx);
	free(request);
}

/* A request without place in the list; NULL without memory. */
static struct request *make(struct uvclient *c, uint32_t type, const struct iovec *parts,
			    size_t count, size_t len)
{
	struct request *request = calloc(1, sizeof(*request) + len + 1);
	char *at;

	if (!request)
		return NULL;
	at = request->payload;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].iov_len)
			memcpy(at, parts[i].iov_base, parts[i].iov_len);
		at += parts[i].iov_len;
	}
	request->hdr.type = type;
	request->hdr.req_id = ++c->last_id;
	request->hdr.len = (uint32_t)len;
	return request;
}

int uvstate_submit(struct uvclient *c, struct uvclient_tx *tx, uint32_t type,
		   const struct iovec *parts, size_t count, uvclient_done done, void *arg)
{
	struct request *request;
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		if (parts[i].iov_len > XENSTORE_PAYLOAD_MAX - len)
			return -E2BIG;
		len += parts[i].iov_len;
	}
	if (c->closing)
		return -ECANCELED;
	request = make(c, type, parts, count, len);
	if (!request)
		return -ENOMEM;
	request->done = done;
	request->arg = arg;
	request->tx = tx;
	if (tx) {
		tx->users++;
		request->stale = tx->lost;
		request->hdr.tx_id = tx->wire;
	}
	*c->end = request;
	c->end = &request->next;
	if (!c->unsent) {
		c->unsent = request;
		c->sent = 0;
	}
	rearm(c);
	return 0;
}

static void on_stream_closed(uv_handle_t *handle)
{
	struct stream *stream = handle->data;

	close(stream->fd);
	free(stream);
}

static void drop_stream(struct uvclient *c)
{
	if (!c->stream)
		return;
	uv_poll_stop(&c->stream->poll);
	uv_close((uv_handle_t *)&c->stream->poll, on_stream_closed);
	c->stream = NULL;
	c->in_len = 0;
}

static int use_stream(struct uvclient *c, int fd)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	int rc;

	if (!stream)
		return -ENOMEM;
	rc = uv_poll_init(c->loop, &stream->poll, fd);
	if (rc) {
		free(stream);
		return rc;
	}
	stream->poll.data = stream;
	stream->client = c;
	stream->fd = fd;
	c->stream = stream;
	rearm(c);
	return 0;
}

/* The token of a watch is its number. */
static int send_watch(struct uvclient *c, uint32_t type, const struct uvclient_watch *watch)
{
	char token[TOKEN_MAX];
	struct iovec parts[] = {
		{ (void *)(uintptr_t)watch->path, strlen(watch->path) + 1 },
		{ token, 0 },
	};

	parts[1].iov_len = (size_t)snprintf(token, sizeof(token), "%u", watch->number) + 1;
	return uvstate_submit(c, NULL, type, parts, 2, NULL, NULL);
}

/*
 * Decides about a request that was not answered over a connection that is
 * gone; @rc is what ended it.  0: it is sent again.
 */
static int fate(struct request *request, int rc)
{
	enum redo redo;

	/* Set anew, or forgotten, with all watches. */
	if (!request->done && (request->hdr.type == XS_WATCH || request->hdr.type == XS_UNWATCH))
		return -ECANCELED;
	if (request->begun && rc == -EPROTO)
		return rc;
	redo = redo_of(request->hdr.type, request->payload[0], request->tx != NULL, request->begun);
	if (redo == REDO_UNKNOWN)
		return -ECONNRESET;
	/* Repeating the transaction is for its owner. */
	if (request->tx)
		return -EAGAIN;
	request->again = request->begun;
	request->begun = false;
	return 0;
}

/* Goes through all requests after a loss. */
static void settle(struct uvclient *c, int rc)
{
	struct request *old = c->first, *next;

	for (struct request *request = old; request; request = request->next) {
		if (request->tx)
			request->tx->lost = true;
	}
	c->first = NULL;
	c->end = &c->first;
	c->unsent = NULL;
	c->sent = 0;
	for (struct uvclient_watch *watch = c->watches; watch; watch = watch->next)
		send_watch(c, XS_WATCH, watch);
	for (; old; old = next) {
		/* A callback may have closed the client. */
		int status = c->closing ? -ECANCELED : fate(old, rc);

		next = old->next;
		old->next = NULL;
		*c->end = old;
		c->end = &old->next;
		if (status)
			answer(c, old, status, NULL, 0);
		else if (!c->unsent)
			c->unsent = old;
	}
}

static void on_retry(uv_timer_t *timer)
{
	struct uvclient *c = timer->data;
	int fd = link_again(&c->where);

	if (fd >= 0 && use_stream(c, fd)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		uv_timer_start(timer, on_retry, RETRY_MS, 0);
}

/* The connection is of no use any more. */
static void lose(struct uvclient *c, int rc)
{
	drop_stream(c);
	uv_timer_start(&c->retry, on_retry, RETRY_MS, 0);
	settle(c, rc);
}

/* Sends what is left of a request; how many bytes went, or a negative errno. */
static ssize_t send_rest(const struct uvclient *c, struct request *request)
{
	size_t hdr_left = c->sent < WIRE_HDR ? WIRE_HDR - c->sent : 0;
	size_t at = c->sent < WIRE_HDR ? 0 : c->sent - WIRE_HDR;
	struct iovec iov[] = {
		{ (char *)&request->hdr + WIRE_HDR - hdr_left, hdr_left },
		{ request->payload + at, request->hdr.len - at },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	do {
		n = sendmsg(c->stream->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int send_some(struct uvclient *c)
{
	while (c->unsent && c->stream) {
		struct request *request = c->unsent;
		ssize_t n;

		if (request->stale) {
			answer(c, request, -EAGAIN, NULL, 0);
			continue;
		}
		n = send_rest(c, request);
		if (n < 0)
			return n == -EAGAIN ? 0 : (int)n;
		request->begun = true;
		c->sent += (size_t)n;
		if (c->sent < WIRE_HDR + request->hdr.len)
			continue;
		c->unsent = request->next;
		c->sent = 0;
	}
	return 0;
}

static int take_event(struct uvclient *c, const char *payload, size_t len)
{
	const char *strings[2];
	uint64_t number;

	if (wire_split(payload, len, strings, 2) < 2 || !wire_number(strings[1], UINT32_MAX, &number))
		return -EPROTO;
	for (struct uvclient_watch *watch = c->watches; watch; watch = watch->next) {
		if (watch->number != number)
			continue;
		watch->event(watch->arg, strings[0]);
		break;
	}
	return 0;
}

static int take_reply(struct uvclient *c, const struct xsd_sockmsg *hdr, const char *payload)
{
	struct request *request = c->first;
	int err;

	while (request != c->unsent && request->hdr.req_id != hdr->req_id)
		request = request->next;
	if (request == c->unsent)
		return -EPROTO;
	if (hdr->type == XS_ERROR) {
		err = wire_error_number(payload, hdr->len);
		if (request->again && redo_forgives(request->hdr.type, err))
			answer(c, request, 0, "OK", 2);
		else
			answer(c, request, -err, NULL, 0);
		return 0;
	}
	if (hdr->type != request->hdr.type)
		return -EPROTO;
	answer(c, request, 0, payload, hdr->len);
	return 0;
}

/* Deals with the first message of the input; 1 if there was a whole one. */
static int take_message(struct uvclient *c)
{
	struct xsd_sockmsg hdr;
	char payload[XENSTORE_PAYLOAD_MAX + 1];
	int rc;

	if (c->in_len < WIRE_HDR)
		return 0;
	memcpy(&hdr, c->in, sizeof(hdr));
	if (hdr.len > XENSTORE_PAYLOAD_MAX)
		return -EPROTO;
	if (c->in_len < WIRE_HDR + hdr.len)
		return 0;
	/* Taken off first: a callback may end this connection. */
	memcpy(payload, c->in + WIRE_HDR, hdr.len);
	payload[hdr.len] = '\0';
	c->in_len -= WIRE_HDR + hdr.len;
	memmove(c->in, c->in + WIRE_HDR + hdr.len, c->in_len);
	rc = hdr.type == XS_WATCH_EVENT ? take_event(c, payload, hdr.len)
					: take_reply(c, &hdr, payload);
	return rc ? rc : 1;
}

static int receive_some(struct uvclient *c)
{
	ssize_t n = recv(c->stream->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, MSG_DONTWAIT);
	int rc;

	if (n == 0)
		return -EPIPE;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	c->in_len += (size_t)n;
	do {
		rc = take_message(c);
	} while (rc > 0 && c->stream);
	return rc < 0 ? rc : 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct stream *stream = poll->data;
	struct uvclient *c = stream->client;
	int rc = status;

	if (!rc && (events & UV_READABLE))
		rc = receive_some(c);
	if (!rc && c->stream == stream)
		rc = send_some(c);
	if (c->stream != stream)
		return;
	if (rc)
		lose(c, rc);
	else
		rearm(c);
}

int uvclient_open(uv_loop_t *loop, const char *path, struct uvclient **out)
{
	struct uvclient *c = calloc(1, sizeof(*c));
	int fd, rc;

	if (!c)
		return -ENOMEM;
	c->loop = loop;
	c->end = &c->first;
	fd = link_open(path, &c->where);
	rc = fd < 0 ? fd : 0;
	/* A device cannot be read without waiting. */
	if (!rc && !c->where.socket)
		rc = -ENOTSOCK;
	if (!rc)
		rc = use_stream(c, fd);
	if (rc) {
		if (fd >= 0)
			close(fd);
		free(c);
		return rc;
	}
	uv_timer_init(loop, &c->retry);
	c->retry.data = c;
	*out = c;
	return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void uvclient_close(struct uvclient *c)
{
	if (c->closing)
		return;
	c->closing = true;
	drop_stream(c);
	while (c->first)
		answer(c, c->first, -ECANCELED, NULL, 0);
	while (c->watches) {
		struct uvclient_watch *watch = c->watches;

		c->watches = watch->next;
		free(watch);
	}
	/* The memory goes with the last turn of the loop that may know it. */
	uv_close((uv_handle_t *)&c->retry, on_timer_closed);
}

int uvclient_call(struct uvclient *c, uint32_t type, const struct iovec *parts, size_t count,
		  uvclient_done done, void *arg)
{
	return uvstate_submit(c, NULL, type, parts, count, done, arg);
}

int uvclient_path(struct uvclient *c, uint32_t type, const char *path, uvclient_done done, void *arg)
{
	const struct iovec part = { (void *)(uintptr_t)path, strlen(path) + 1 };

	return uvstate_submit(c, NULL, type, &part, 1, done, arg);
}

int uvclient_watch(struct uvclient *c, const char *path, uvclient_event event, void *arg,
		   struct uvclient_watch **out)
{
	struct uvclient_watch *watch = malloc(sizeof(*watch) + strlen(path) + 1);
	int rc;

	if (!watch)
		return -ENOMEM;
	watch->event = event;
	watch->arg = arg;
	watch->number = ++c->last_watch;
	strcpy(watch->path, path);
	rc = send_watch(c, XS_WATCH, watch);
	if (rc) {
		free(watch);
		return rc;
	}
	watch->next = c->watches;
	c->watches = watch;
	*out = watch;
	return 0;
}

void uvclient_unwatch(struct uvclient *c, struct uvclient_watch *watch)
{
	struct uvclient_watch **at = &c->watches;

	while (*at != watch)
		at = &(*at)->next;
	*at = watch->next;
	send_watch(c, XS_UNWATCH, watch);
	free(watch);
}
