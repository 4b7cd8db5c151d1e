/* SPDX-License-Identifier: MIT */
/*
 * What a session is made of; for the files that make it.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/events.h"
#include "client/link.h"
#include "client/registry.h"
#include "client/reply.h"
#include "client/txmap.h"
#include "protocol/wire.h"

/* Several messages of the daemon by one read(). */
#define INPUT_BYTES (4 * WIRE_MAX)

struct message {
	struct xsd_sockmsg hdr;
	/* One more for a NUL, so that its last string ends in any case. */
	char payload[XENSTORE_PAYLOAD_MAX + 1];
};

/* A request that waits for its answer, on the stack of who made it. */
struct call {
	struct call *next;
	struct message *message;
	/* The transaction as the user names it. */
	uint32_t tx;
	/* The daemon may have seen it. */
	bool begun;
	/* It was sent over two connections. */
	bool again;
	/* Its thread sleeps, and could read instead. */
	bool waits;
	bool done;
	int rc;
	struct session_reply reply;
	/* What a WATCH or TRANSACTION_START adds when it succeeds. */
	struct registry_watch *watch;
	struct txmap_entry *started;
	pthread_cond_t wake;
};

struct session {
	pthread_mutex_t write_lock;
	pthread_mutex_t lock;
	struct link_address where;
	int fd;
	int reconnect_ms;
	/* What ended the session; every later call returns it. */
	int broken;
	bool cut;
	uint32_t last_id;
	struct call *calls;
	struct registry registry;
	struct txmap txmap;
	struct events events;
	/* Somebody reads, or connects anew. */
	bool reading;
	/* Waits for events, or to become the reader. */
	pthread_cond_t wake_events;
	pthread_t thread;
	bool has_thread;
	bool closing;
	/* An eventfd that ends the waiting of the reader thread. */
	int wake_fd;
	/* Input of the reader, who may touch it without the lock. */
	size_t in_len;
	char in[INPUT_BYTES];
};
