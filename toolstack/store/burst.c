/* SPDX-License-Identifier: MIT */
/*
 * Many store requests at once.
 */
#include "store/burst.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/link.h"
#include "protocol/wire.h"

/* So much is sent before answers are read: less than a socket holds. */
#define CHUNK_BYTES 16384

int burst_open(struct burst *b)
{
	struct link_address where;

	memset(b, 0, sizeof(*b));
	b->fd = link_open(NULL, &where);
	if (b->fd < 0)
		return b->fd;
	b->single = !where.socket;
	return 0;
}

static void drop_answers(struct burst *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->answers[i].text);
	b->count = 0;
}

void burst_close(struct burst *b)
{
	drop_answers(b);
	free(b->answers);
	free(b->out);
	if (b->fd >= 0)
		close(b->fd);
	memset(b, 0, sizeof(*b));
	b->fd = -1;
}

void burst_begin(struct burst *b, uint32_t tx)
{
	drop_answers(b);
	b->out_len = 0;
	b->rc = 0;
	b->tx = tx;
}

static bool reserve(struct burst *b, size_t bytes)
{
	if (b->out_len + bytes > b->out_room) {
		size_t room = (b->out_len + bytes) * 2;
		char *out = realloc(b->out, room);

		if (!out)
			return false;
		b->out = out;
		b->out_room = room;
	}
	if (b->count == b->room) {
		size_t room = b->room ? b->room * 2 : 64;
		struct burst_answer *a = realloc(b->answers, room * sizeof(*a));

		if (!a)
			return false;
		b->answers = a;
		b->room = room;
	}
	return true;
}

size_t burst_add(struct burst *b, uint32_t type, const void *payload, size_t len)
{
	struct xsd_sockmsg h = {
		.type = type,
		.req_id = (uint32_t)b->count,
		.tx_id = b->tx,
		.len = (uint32_t)len,
	};

	if (len > XENSTORE_PAYLOAD_MAX || !reserve(b, sizeof(h) + len)) {
		b->rc = len > XENSTORE_PAYLOAD_MAX ? -E2BIG : -ENOMEM;
		return 0;
	}
	memcpy(b->out + b->out_len, &h, sizeof(h));
	memcpy(b->out + b->out_len + sizeof(h), payload, len);
	b->out_len += sizeof(h) + len;
	b->answers[b->count] = (struct burst_answer){ .rc = -EIO };
	return b->count++;
}

size_t burst_text(struct burst *b, uint32_t type, const char *text)
{
	return burst_add(b, type, text, strlen(text) + 1);
}

size_t burst_write(struct burst *b, const char *path, const char *value)
{
	char payload[XENSTORE_PAYLOAD_MAX];
	size_t p = strlen(path) + 1, v = strlen(value);

	if (p + v > sizeof(payload)) {
		b->rc = -E2BIG;
		return 0;
	}
	memcpy(payload, path, p);
	memcpy(payload + p, value, v); /* a value has no NUL */
	return burst_add(b, XS_WRITE, payload, p + v);
}

size_t burst_perms(struct burst *b, const char *path, const struct perm *perms, size_t count)
{
	char payload[XENSTORE_PAYLOAD_MAX];
	size_t p = strlen(path) + 1;
	size_t n = p < sizeof(payload) ? perms_format(perms, count, payload + p, sizeof(payload) - p)
				       : 0;

	if (n == 0) {
		b->rc = -E2BIG;
		return 0;
	}
	memcpy(payload, path, p);
	return burst_add(b, XS_SET_PERMS, payload, p + n);
}

static int transfer(int fd, char *p, size_t left, bool out)
{
	while (left > 0) {
		ssize_t n = out ? write(fd, p, left) : read(fd, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EPIPE;
		p += n;
		left -= (size_t)n;
	}
	return 0;
}

/* Takes one answer; they come in the order of the requests. */
static int take_answer(struct burst *b, size_t i)
{
	struct burst_answer *a = &b->answers[i];
	struct xsd_sockmsg h;
	int rc = transfer(b->fd, (char *)&h, sizeof(h), false);

	if (rc)
		return rc;
	if (h.len > XENSTORE_PAYLOAD_MAX || h.req_id != i)
		return -EPROTO;
	a->text = malloc(h.len + 1);
	if (!a->text)
		return -ENOMEM;
	rc = transfer(b->fd, a->text, h.len, false);
	if (rc)
		return rc;
	a->text[h.len] = '\0';
	a->len = h.len;
	a->rc = h.type == XS_ERROR ? -wire_error_number(a->text, a->len) : 0;
	return 0;
}

int burst_run(struct burst *b)
{
	size_t at = 0, done = 0;
	int rc = b->rc;

	while (!rc && at < b->out_len) {
		size_t from = at, sent = 0;

		do {
			struct xsd_sockmsg h;

			memcpy(&h, b->out + at, sizeof(h));
			at += sizeof(h) + h.len;
			sent++;
		} while (at < b->out_len && at - from < CHUNK_BYTES && !b->single);
		rc = transfer(b->fd, b->out + from, at - from, true);
		/*
		 * Reading now would have every answer wake us.  Let the daemon
		 * go first: it then works through all that lies there.
		 */
		if (sent > 1)
			sched_yield();
		for (; !rc && sent > 0; sent--)
			rc = take_answer(b, done++);
	}
	return rc;
}
