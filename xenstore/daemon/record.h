/* SPDX-License-Identifier: MIT */
/*
 * What the daemon does, as records of the journal: all that a successor needs to
 * come to the same state, and to go on in the midst of a request or a reply.
 *
 * Requests are recorded, not what they change: executing them again on the same
 * state has the same effect.  What depends on anything else is recorded as it
 * came out: how a request ended, what the hypervisor said, what was sent to
 * guests.  Of local clients, whose sockets a crash closes, only requests are
 * recorded that change the store or belong to a transaction.
 *
 * Nothing may leave the process before record_commit().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state/journal.h"

struct xsd_sockmsg;

/* Types of records; the number is the connection's. */
enum record_type {
	/* Bytes taken off a ring; first a struct record_ring. */
	RECORD_INPUT = 1,
	/* A guest's request is begun; a struct record_count. */
	RECORD_BEGIN,
	/* It is done; flags are an enum record_mode. */
	RECORD_END,
	/*
	 * A local client's, all at once: header and payload; flags as above.  One
	 * that is to be skipped is there, and empty, if it asked the hypervisor:
	 * the answers were for it.
	 */
	RECORD_REQUEST,
	/* A message for a guest; flags are 1 if it is an event. */
	RECORD_OUTPUT,
	/* Bytes of messages that were put on a ring; a struct record_ring. */
	RECORD_SENT,
	/* A guest's connection is as new. */
	RECORD_RESET,
	/* It has failed; a struct record_count with the error. */
	RECORD_KILL,
	/* A local client is gone. */
	RECORD_GONE,
	/* A domain is connected, or again; a struct record_domain. */
	RECORD_CONNECT,
	RECORD_AGAIN,
	RECORD_DISCONNECT,
	/* The store forgets a dead domain; nobody borrows its rights any more. */
	RECORD_FORGET,
	RECORD_LOANS,
	/* Its shutdown was told, if flags are 1. */
	RECORD_SHUTDOWN,
	/* A struct record_count with the target, plus one. */
	RECORD_TARGET,
	/* The hypervisor said that a domain exists, if flags are 1. */
	RECORD_EXISTS,
};

/* How a request is to be executed again. */
enum record_mode {
	/* Not at all: it changed nothing, or what it did is recorded apart. */
	RECORD_SKIP,
	RECORD_RUN,
	/* It ended a transaction without success. */
	RECORD_ABORT,
	/* A quota refused it, and its transaction cannot commit for that. */
	RECORD_SPOIL,
};

struct record_ring {
	/* How many bytes were moved, and our own index behind them. */
	uint32_t len;
	uint32_t index;
};

struct record_count {
	uint32_t count;
};

struct record_domain {
	uint64_t mfn;
	uint32_t remote_port;
	/* Of RECORD_AGAIN: it was another domain under the same number. */
	uint32_t successor;
};

/* From here on everything is recorded; the journal has a snapshot.  NULL: no more. */
void record_to(struct journal *journal);

/* True if there is something to record to. */
bool record_on(void);

/* Makes what was recorded valid. */
void record_commit(void);

/* A record without, or with, a payload. */
void record_fact(enum record_type type, uint16_t flags, uint32_t number);
void record_data(enum record_type type, uint16_t flags, uint32_t number, const void *data,
		 size_t len);

void record_input(uint32_t number, const void *data, size_t len, uint32_t index);
void record_sent(uint32_t number, size_t len, uint32_t index);

/*
 * A request of a guest (@is_local is false) or a local client, before and after
 * it is handled; @rc is how it ended, @spoilt that its transaction will not commit
 * any more.  True if it was recorded.
 */
void record_begin(uint32_t number, bool is_local, const struct xsd_sockmsg *hdr);
bool record_end(uint32_t number, bool is_local, const struct xsd_sockmsg *hdr, const char *payload,
		int rc, bool spoilt);
