/* SPDX-License-Identifier: MIT */
/*
 * One request of a session.
 */
#include "client/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/redo.h"

void call_init_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

int call_compose(struct message *message, uint32_t type, uint32_t tx, const struct iovec *parts,
		 size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		if (parts[i].iov_len > XENSTORE_PAYLOAD_MAX - len)
			return -E2BIG;
		if (parts[i].iov_len)
			memcpy(message->payload + len, parts[i].iov_base, parts[i].iov_len);
		len += parts[i].iov_len;
	}
	message->payload[len] = '\0';
	message->hdr = (struct xsd_sockmsg){ .type = type, .tx_id = tx, .len = (uint32_t)len };
	return 0;
}

int call_prepare(struct call *call)
{
	const struct message *message = call->message;
	uint64_t depth = REGISTRY_DEEP;
	const char *strings[3];
	size_t count;

	if (message->hdr.type == XS_TRANSACTION_START) {
		call->started = malloc(sizeof(*call->started));
		return call->started ? 0 : -ENOMEM;
	}
	if (message->hdr.type != XS_WATCH)
		return 0;
	count = wire_split(message->payload, message->hdr.len, strings, 3);
	if (count < 2)
		return 0;
	if (count > 2 && !wire_number(strings[2], UINT32_MAX, &depth))
		return -EINVAL;
	call->watch = registry_new(strings[0], strings[1], (uint32_t)depth);
	return call->watch ? 0 : -ENOMEM;
}

void call_add(struct session *s, struct call *call)
{
	call->message->hdr.req_id = ++s->last_id;
	call->next = s->calls;
	s->calls = call;
}

void call_finish(struct session *s, struct call *call, int rc)
{
	struct call **at = &s->calls;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	call->rc = rc;
	call->done = true;
	pthread_cond_signal(&call->wake);
}

static uint32_t call_type(const struct call *call)
{
	return call->message->hdr.type;
}

/* What a request that succeeded changes on this side. */
static int note_success(struct session *s, struct call *call)
{
	const char *path = call->message->payload;
	uint64_t wire;

	switch (call_type(call)) {
	case XS_WATCH:
		if (call->watch)
			registry_add(&s->registry, call->watch);
		call->watch = NULL;
		return 0;
	case XS_UNWATCH:
		if (!memchr(path, '\0', call->message->hdr.len))
			return 0;
		registry_remove(&s->registry, path, path + strlen(path) + 1);
		return 0;
	case XS_TRANSACTION_END: txmap_remove(&s->txmap, call->tx); return 0;
	case XS_TRANSACTION_START:
		if (!wire_number(call->reply.data, UINT32_MAX, &wire) || !wire)
			return -EPROTO;
		call->tx = txmap_add(&s->txmap, call->started, (uint32_t)wire);
		call->started = NULL;
		return 0;
	default: return 0;
	}
}

/* Success without an answer of the daemon. */
static void finish_done(struct session *s, struct call *call)
{
	call->reply.data = strdup("OK");
	call->reply.len = 2;
	call_finish(s, call, call->reply.data ? note_success(s, call) : -ENOMEM);
}

bool call_answer_here(struct session *s, struct call *call)
{
	const struct txmap_entry *tx = txmap_find(&s->txmap, call->tx);
	bool lost = call->tx && tx && tx->lost;
	uint32_t type = call_type(call);
	enum redo redo = redo_of(type, call->message->payload[0], lost, call->begun);

	if (redo == REDO_SEND) {
		if (call->tx && tx)
			call->message->hdr.tx_id = lost ? 0 : tx->wire;
		call->again = call->begun;
		return false;
	}
	if (redo == REDO_DONE) {
		finish_done(s, call);
		return true;
	}
	if (type == XS_TRANSACTION_END)
		txmap_remove(&s->txmap, call->tx);
	call_finish(s, call, redo == REDO_AGAIN ? -EAGAIN : -ECONNRESET);
	return true;
}

int call_take_reply(struct session *s, const struct xsd_sockmsg *hdr, const char *payload)
{
	struct call *call = s->calls;
	int err, rc;

	while (call && call->message->hdr.req_id != hdr->req_id)
		call = call->next;
	if (!call)
		return -EPROTO;
	if (hdr->type == XS_ERROR) {
		err = wire_error_number(payload, hdr->len);
		if (call->again && redo_forgives(call_type(call), err)) {
			finish_done(s, call);
			return 0;
		}
		if (call_type(call) == XS_TRANSACTION_END)
			txmap_remove(&s->txmap, call->tx);
		call_finish(s, call, -err);
		return 0;
	}
	if (hdr->type != call_type(call))
		return -EPROTO;
	call->reply.data = malloc((size_t)hdr->len + 1);
	if (!call->reply.data) {
		call_finish(s, call, -ENOMEM);
		return 0;
	}
	memcpy(call->reply.data, payload, hdr->len);
	call->reply.data[hdr->len] = '\0';
	call->reply.len = hdr->len;
	rc = note_success(s, call);
	call_finish(s, call, rc);
	return rc;
}
