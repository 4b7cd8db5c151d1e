/* SPDX-License-Identifier: MIT */
/*
 * The input of a session.
 */
#include "client/pump.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "client/call.h"

static int take_event(struct session *s, const struct xsd_sockmsg *hdr, const char *payload)
{
	char *text = malloc((size_t)hdr->len + 1);
	int rc;

	if (!text)
		return -ENOMEM;
	memcpy(text, payload, hdr->len);
	text[hdr->len] = '\0';
	rc = events_push(&s->events, text, hdr->len);
	if (!rc)
		pthread_cond_broadcast(&s->wake_events);
	return rc;
}

/* Deals with the whole messages of the input. */
static int take_input(struct session *s)
{
	size_t at = 0;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (!rc && s->in_len - at >= WIRE_HDR) {
		struct xsd_sockmsg hdr;

		memcpy(&hdr, s->in + at, sizeof(hdr));
		if (hdr.len > XENSTORE_PAYLOAD_MAX) {
			rc = -EPROTO;
			break;
		}
		if (s->in_len - at < WIRE_HDR + hdr.len)
			break;
		if (hdr.type == XS_WATCH_EVENT)
			rc = take_event(s, &hdr, s->in + at + WIRE_HDR);
		else
			rc = call_take_reply(s, &hdr, s->in + at + WIRE_HDR);
		at += WIRE_HDR + hdr.len;
	}
	pthread_mutex_unlock(&s->lock);
	s->in_len -= at;
	memmove(s->in, s->in + at, s->in_len);
	return rc;
}

/* Waits until the stream is readable; -EAGAIN after @timeout_ms, or if interrupted. */
static int await_input(struct session *s, int timeout_ms)
{
	struct pollfd pfd[] = {
		{ .fd = s->fd, .events = POLLIN },
		{ .fd = s->wake_fd, .events = POLLIN },
	};
	int n = poll(pfd, 2, timeout_ms);

	if (n < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	if (n == 0)
		return -EAGAIN;
	return pfd[1].revents ? -ECANCELED : 0;
}

int pump_once(struct session *s, int timeout_ms)
{
	ssize_t n;
	int rc;

	if (timeout_ms != PUMP_DIRECTLY) {
		rc = await_input(s, timeout_ms);
		if (rc)
			return rc;
	}
	n = link_read(s->fd, s->in + s->in_len, sizeof(s->in) - s->in_len);
	if (n == 0)
		return -EPIPE;
	if (n < 0)
		return (int)n;
	s->in_len += (size_t)n;
	return take_input(s);
}
