/* SPDX-License-Identifier: MIT */
/*
 * A new connection for a session whose daemon is gone.
 */
#include "client/revive.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/call.h"
#include "client/clock.h"
#include "client/pump.h"

/* How long a lost daemon is waited for, and how often it is looked for. */
#define RECONNECT_SECONDS 10
#define RETRY_MS	  20

int revive_time(const struct link_address *where)
{
	const char *text = getenv("XENSTORED_RECONNECT");
	uint64_t seconds = RECONNECT_SECONDS;

	if (!where->socket)
		return 0;
	if (text && !wire_number(text, INT_MAX / 1000, &seconds))
		seconds = RECONNECT_SECONDS;
	return (int)seconds * 1000;
}

/* Sends a call and reads until it is answered; for the reader, connecting anew. */
static int exchange(struct session *s, struct call *call)
{
	struct message *message = call->message;
	bool begun;
	int rc = link_write(s->fd, message, WIRE_HDR + message->hdr.len, &begun);

	if (begun)
		call->begun = true;
	while (!rc && !call->done)
		rc = pump_once(s, PUMP_FOR_EVER);
	return rc;
}

/* Sets a watch again.  An error of the daemon stays unheard: nobody waits. */
static int watch_again(struct session *s, const struct registry_watch *watch)
{
	struct message message = { .hdr = { .type = XS_WATCH } };
	struct call call = { .message = &message };
	size_t path_size = strlen(watch->path) + 1;
	size_t token_size = strlen(watch->token) + 1;
	size_t len = path_size + token_size;
	int rc;

	memcpy(message.payload, watch->path, path_size);
	memcpy(message.payload + path_size, watch->token, token_size);
	if (watch->depth != REGISTRY_DEEP)
		len += (size_t)snprintf(message.payload + len, sizeof(message.payload) - len, "%u",
					watch->depth) +
		       1;
	message.hdr.len = (uint32_t)len;
	call_init_cond(&call.wake);
	pthread_mutex_lock(&s->lock);
	call_add(s, &call);
	pthread_mutex_unlock(&s->lock);
	rc = exchange(s, &call);
	if (!call.done) {
		pthread_mutex_lock(&s->lock);
		call_finish(s, &call, rc);
		pthread_mutex_unlock(&s->lock);
	}
	free(call.reply.data);
	pthread_cond_destroy(&call.wake);
	return rc;
}

/* Deals with one request that had no answer. */
static int call_again(struct session *s, struct call *call)
{
	bool answered;

	pthread_mutex_lock(&s->lock);
	answered = call_answer_here(s, call);
	pthread_mutex_unlock(&s->lock);
	return answered ? 0 : exchange(s, call);
}

/* Puts a new stream behind the session's descriptor, which users may know. */
static int install(struct session *s, int fd)
{
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	if (s->cut)
		rc = -EPIPE;
	else if (dup3(fd, s->fd, O_CLOEXEC) < 0)
		rc = -errno;
	else
		rc = events_stream(&s->events, s->fd);
	txmap_lose(&s->txmap);
	pthread_mutex_unlock(&s->lock);
	s->in_len = 0;
	close(fd);
	return rc;
}

/* Everything that the daemon must know again, or should have answered. */
static int catch_up(struct session *s)
{
	int rc = 0;

	for (struct registry_watch *watch = s->registry.first; watch && !rc; watch = watch->next)
		rc = watch_again(s, watch);
	/* Nobody adds a call while the writers' lock is held. */
	while (!rc && s->calls)
		rc = call_again(s, s->calls);
	return rc;
}

int revive_session(struct session *s, int rc)
{
	int64_t deadline = clock_ms() + s->reconnect_ms;

	if (rc == -EPROTO || rc == -ENOMEM || rc == -ECANCELED)
		return rc;
	pthread_mutex_lock(&s->write_lock);
	while (clock_ms() < deadline && !s->cut) {
		struct pollfd closing = { .fd = s->wake_fd, .events = POLLIN };
		int fd = link_again(&s->where);

		if (fd >= 0 && !install(s, fd) && !catch_up(s)) {
			rc = 0;
			break;
		}
		if (poll(&closing, 1, RETRY_MS) > 0)
			break;
	}
	pthread_mutex_unlock(&s->write_lock);
	return rc;
}
