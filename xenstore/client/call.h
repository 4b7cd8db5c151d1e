/* SPDX-License-Identifier: MIT */
/*
 * One request of a session, from its bytes to its answer.
 */
#pragma once

#include <sys/uio.h>

#include "client/state.h"

/* A condition whose timeouts are by the monotonic clock. */
void call_init_cond(pthread_cond_t *cond);

/* Fills in a request.  -E2BIG if it is too long. */
int call_compose(struct message *message, uint32_t type, uint32_t tx, const struct iovec *parts,
		 size_t count);

/* Gets memory for what the answer will add, so that nothing fails after it. */
int call_prepare(struct call *call);

/* Numbers a call and lists it as one that waits; the lock is held. */
void call_add(struct session *s, struct call *call);

/* Ends a call with @rc; the lock is held. */
void call_finish(struct session *s, struct call *call, int rc);

/*
 * Answers a call without the daemon if its transaction or its connection was
 * lost and redo.h says so; the lock is held.  False if it is to be sent.
 */
bool call_answer_here(struct session *s, struct call *call);

/*
 * Hands a reply of the daemon to its call; the lock is held.  -EPROTO if there
 * is none that waits for it.
 */
int call_take_reply(struct session *s, const struct xsd_sockmsg *hdr, const char *payload);
