/* SPDX-License-Identifier: MIT */
/*
 * A connection to a XenStore daemon that many threads may use at once.
 */
#include "client/session.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "client/call.h"
#include "client/clock.h"
#include "client/pump.h"
#include "client/revive.h"
#include "client/state.h"

/* The reader's stack: no deep calls, but room for a program's thread-local data. */
#define READER_STACK (256 * 1024)

int session_open(const char *path, struct session **out)
{
	struct session *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return -ENOMEM;
	s->fd = link_open(path, &s->where);
	if (s->fd < 0) {
		rc = s->fd;
		goto undo_alloc;
	}
	s->reconnect_ms = revive_time(&s->where);
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake_fd < 0) {
		rc = -errno;
		goto undo_link;
	}
	rc = events_init(&s->events, s->fd);
	if (rc)
		goto undo_wake;
	registry_init(&s->registry);
	pthread_mutex_init(&s->write_lock, NULL);
	pthread_mutex_init(&s->lock, NULL);
	call_init_cond(&s->wake_events);
	*out = s;
	return 0;

undo_wake:
	close(s->wake_fd);
undo_link:
	close(s->fd);
undo_alloc:
	free(s);
	return rc;
}

void session_abandon(struct session *s)
{
	events_close(&s->events);
	registry_clear(&s->registry);
	txmap_clear(&s->txmap);
	close(s->wake_fd);
	close(s->fd);
	free(s);
}

static void wake_thread(struct session *s)
{
	uint64_t one = 1;

	/* The counter cannot overflow: two calls at most raise it. */
	if (write(s->wake_fd, &one, sizeof(one)) < 0)
		return;
}

void session_close(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_cond_broadcast(&s->wake_events);
	pthread_mutex_unlock(&s->lock);
	if (s->has_thread) {
		wake_thread(s);
		pthread_join(s->thread, NULL);
	}
	pthread_cond_destroy(&s->wake_events);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->write_lock);
	session_abandon(s);
}

int session_poll_fd(const struct session *s)
{
	return s->events.poll_fd;
}

int session_event_fd(const struct session *s)
{
	return s->events.signal_fd;
}

/* Ends the session: nobody will be answered any more. */
static void break_session(struct session *s, int rc)
{
	pthread_mutex_lock(&s->lock);
	if (!s->broken) {
		s->broken = rc;
		events_end(&s->events);
	}
	while (s->calls)
		call_finish(s, s->calls, rc);
	pthread_cond_broadcast(&s->wake_events);
	pthread_mutex_unlock(&s->lock);
}

/* Reads as pump() does, and survives the end of the stream. */
static int read_once(struct session *s, int timeout_ms)
{
	int rc = pump_once(s, timeout_ms);

	if (!rc || rc == -EAGAIN)
		return rc;
	rc = revive_session(s, rc);
	if (rc && rc != -ECANCELED)
		break_session(s, rc);
	return rc;
}

/* Takes the reader's part; the lock is held before and after. */
static int lead(struct session *s, int timeout_ms)
{
	int rc;

	s->reading = true;
	pthread_mutex_unlock(&s->lock);
	rc = read_once(s, timeout_ms);
	pthread_mutex_lock(&s->lock);
	s->reading = false;
	return rc;
}

/* Somebody else must read now, if anybody waits; the lock is held. */
static void hand_over(struct session *s)
{
	if (s->reading)
		return;
	for (struct call *call = s->has_thread ? NULL : s->calls; call; call = call->next) {
		if (!call->waits)
			continue;
		pthread_cond_signal(&call->wake);
		return;
	}
	pthread_cond_broadcast(&s->wake_events);
}

static void *read_always(void *arg)
{
	struct session *s = arg;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (s->reading && !s->closing)
		pthread_cond_wait(&s->wake_events, &s->lock);
	while (!s->closing && !s->broken && rc != -ECANCELED)
		rc = lead(s, PUMP_FOR_EVER);
	hand_over(s);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int session_start_reader(struct session *s)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	if (!s->has_thread) {
		/* Signals are the program's own threads' business. */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, READER_STACK);
		rc = pthread_create(&s->thread, &attr, read_always, s);
		if (rc == EINVAL)
			rc = pthread_create(&s->thread, NULL, read_always, s);
		pthread_attr_destroy(&attr);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		s->has_thread = !rc;
	}
	pthread_mutex_unlock(&s->lock);
	return -rc;
}

/* Sends a call, or answers it.  Errors of a socket are left to the reader. */
static void submit(struct session *s, struct call *call)
{
	const struct message *message = call->message;
	int rc = 0;

	pthread_mutex_lock(&s->write_lock);
	pthread_mutex_lock(&s->lock);
	call_add(s, call);
	if (s->broken)
		call_finish(s, call, s->broken);
	else
		call_answer_here(s, call);
	pthread_mutex_unlock(&s->lock);
	if (!call->done)
		rc = link_write(s->fd, message, WIRE_HDR + message->hdr.len, &call->begun);
	if (rc && !s->where.socket) {
		pthread_mutex_lock(&s->lock);
		if (!call->done)
			call_finish(s, call, rc);
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&s->write_lock);
}

/* Waits for the answer of a call that was submitted, reading if nobody does. */
static void await_answer(struct session *s, struct call *call)
{
	pthread_mutex_lock(&s->lock);
	while (!call->done) {
		if (!s->reading && !s->has_thread) {
			lead(s, PUMP_DIRECTLY);
			continue;
		}
		call->waits = true;
		pthread_cond_wait(&call->wake, &s->lock);
		call->waits = false;
	}
	hand_over(s);
	pthread_mutex_unlock(&s->lock);
}

/* Makes a request from beginning to end; call->reply is to be freed. */
static int perform(struct session *s, struct call *call)
{
	int rc = call_prepare(call);

	if (rc)
		return rc;
	call_init_cond(&call->wake);
	submit(s, call);
	await_answer(s, call);
	pthread_cond_destroy(&call->wake);
	free(call->watch);
	free(call->started);
	return call->rc;
}

int session_call(struct session *s, uint32_t type, uint32_t tx, const struct iovec *parts,
		 size_t count, struct session_reply *reply)
{
	struct message message;
	struct call call = { .message = &message, .tx = tx };
	int rc = call_compose(&message, type, tx, parts, count);

	if (!rc)
		rc = perform(s, &call);
	if (!rc && reply)
		*reply = call.reply;
	else
		free(call.reply.data);
	return rc;
}

int session_begin(struct session *s, uint32_t *tx)
{
	const struct iovec empty = { (char[]){ "" }, 1 };
	struct message message;
	struct call call = { .message = &message };
	int rc = call_compose(&message, XS_TRANSACTION_START, 0, &empty, 1);

	if (!rc)
		rc = perform(s, &call);
	if (!rc)
		*tx = call.tx;
	free(call.reply.data);
	return rc;
}

static void wait_for_event(struct session *s, int64_t deadline)
{
	struct timespec until = {
		.tv_sec = deadline / 1000,
		.tv_nsec = deadline % 1000 * 1000000,
	};

	if (deadline == INT64_MAX)
		pthread_cond_wait(&s->wake_events, &s->lock);
	else
		pthread_cond_timedwait(&s->wake_events, &s->lock, &until);
}

static int time_left(int64_t deadline)
{
	int64_t left = deadline - clock_ms();

	if (deadline == INT64_MAX)
		return PUMP_FOR_EVER;
	return left > 0 ? (int)left : 0;
}

int session_next_event(struct session *s, int timeout_ms, char **text, const char **token)
{
	int64_t deadline = timeout_ms < 0 ? INT64_MAX : clock_ms() + timeout_ms;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	while (!events_pop(&s->events, text, token)) {
		int left = time_left(deadline);

		rc = s->broken;
		if (rc)
			break;
		if (!s->reading && !s->has_thread)
			rc = lead(s, left);
		else if (left)
			wait_for_event(s, deadline);
		else
			rc = -EAGAIN;
		if (rc == -EAGAIN && !left)
			break;
		rc = 0;
	}
	hand_over(s);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

void session_drop_events(struct session *s, const char *path, const char *token)
{
	pthread_mutex_lock(&s->lock);
	events_drop(&s->events, path, token);
	pthread_mutex_unlock(&s->lock);
}

int session_cut(struct session *s, int (*cut)(int fd))
{
	int rc;

	pthread_mutex_lock(&s->lock);
	s->cut = true;
	rc = cut(s->fd);
	pthread_mutex_unlock(&s->lock);
	break_session(s, -EPIPE);
	wake_thread(s);
	return rc;
}
