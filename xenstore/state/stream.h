/* SPDX-License-Identifier: MIT */
/*
 * The state stream: a whole store as bytes, in the format that Xen documents
 * (docs/designs/xenstore-migration.md of Xen), so that another process can go
 * on where one ends.
 *
 * A header, then records: type, length, body, padding to 8 bytes, up to END.
 * Fields are little-endian but for the header's, which are big-endian.  A record
 * that others refer to comes before them.  Readers skip types they do not know;
 * ours beyond the documented ones have STREAM_OURS set and carry what a
 * successor of our own needs to go on exactly.
 *
 * Everything here is plain values.  What is read is taken as hostile: nothing
 * points outside the stream, every string has its NUL, every length fits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/perms.h"

/* Record types. */
#define STREAM_END	   0
#define STREAM_GLOBAL	   1
#define STREAM_CONNECTION  2
#define STREAM_WATCH	   3
#define STREAM_TRANSACTION 4
#define STREAM_NODE	   5
/* Version 2 of the stream. */
#define STREAM_QUOTA	 6
#define STREAM_DOMAIN	 7
#define STREAM_WATCH_EXT 8
/* Our own. */
#define STREAM_OURS   0x4c410000u
#define STREAM_STORE  (STREAM_OURS | 1)
#define STREAM_CLIENT (STREAM_OURS | 2)
#define STREAM_CHANGE (STREAM_OURS | 3)

/* No depth was given for a watch. */
#define STREAM_DEPTH_ANY 0xffff
/* No target domain (DOMID_INVALID). */
#define STREAM_NO_TARGET 0x7ff4
/* More entries than a payload can hold. */
#define STREAM_PERMS_MAX 2048

/* Bits of a pending node's access. */
#define STREAM_ACCESS_READ    0x0001
#define STREAM_ACCESS_WRITTEN 0x0002
/* From here on what our own transactions note of it (TXN_*). */
#define STREAM_ACCESS_SHIFT 8

struct stream_global {
	/* Descriptors, -1 if there is none. */
	int32_t socket;
	int32_t evtchn;
};

struct stream_connection {
	/* Not zero. */
	uint32_t id;
	bool socket;
	bool read_only;
	/* Rings only: the domain, its target, and its end of the channel. */
	uint16_t domid;
	uint16_t target;
	uint32_t evtchn;
	/* Sockets only. */
	int32_t fd;
	/* Read and not yet handled. */
	const char *in;
	uint16_t in_len;
	/* How much of the output is the rest of a message begun. */
	uint16_t partial_len;
	const char *out;
	uint32_t out_len;
};

struct stream_watch {
	uint32_t connection;
	/* STREAM_DEPTH_ANY, or how many levels below count. */
	uint16_t depth;
	/* As the client gave it. */
	const char *path;
	const char *token;
};

struct stream_transaction {
	uint32_t connection;
	uint32_t number;
	/* It is known that it cannot commit.  Ours: others ignore it. */
	bool doomed;
};

struct stream_node {
	/* Zero: a node of the store.  Else as a transaction sees it. */
	uint32_t connection;
	uint32_t number;
	uint16_t access;
	const char *path;
	const char *value;
	uint16_t value_len;
	uint16_t perm_count;
	struct perm perms[STREAM_PERMS_MAX];
};

/* Limits of all domains, or of one. */
struct stream_quota {
	/* STREAM_DOMAIN only. */
	uint16_t domid;
	uint32_t features;
	uint16_t count;
	/* @count of each; names follow each other, each with its NUL. */
	const char *values;
	const char *names;
};

/* The store itself. */
struct stream_store {
	uint64_t generation;
};

/* What the documented connection record has no place for. */
struct stream_client {
	uint32_t connection;
	uint32_t last_txn;
	/* The ring's frame, as it was introduced. */
	uint64_t mfn;
	/* STREAM_CLIENT_*. */
	uint32_t flags;
	/* XENSTORE_ERROR_* of one that failed. */
	uint32_t error;
	/* Where the ring's own indices stand, if STREAM_CLIENT_USED. */
	uint32_t req_cons;
	uint32_t rsp_prod;
};

/* Bytes went through the ring. */
#define STREAM_CLIENT_USED 1
/* The connection has failed. */
#define STREAM_CLIENT_DEAD 2
/* The domain's shutdown was told. */
#define STREAM_CLIENT_SHUTDOWN 4
/* The rest of a message begun is an event's. */
#define STREAM_CLIENT_PARTIAL_EVENT 8

/* One change of a transaction, in their order. */
struct stream_change {
	uint32_t connection;
	uint32_t number;
	uint16_t kind;
	bool quiet;
	const char *path;
	const char *value;
	uint16_t value_len;
	uint16_t perm_count;
	struct perm perms[STREAM_PERMS_MAX];
};

/* Takes the bytes that a writer makes; 0 or a negative errno. */
typedef int stream_sink(void *arg, const void *data, size_t len);

#define STREAM_BUFFER 16384

struct stream_writer {
	stream_sink *sink;
	void *arg;
	/* The first error; nothing is written from then on. */
	int error;
	/* Bytes of the present record's body that are still to come. */
	size_t missing;
	size_t padding;
	size_t used;
	char buffer[STREAM_BUFFER];
};

/* Begins a stream. */
void stream_begin(struct stream_writer *writer, stream_sink *sink, void *arg);

/* Writes END and what is still buffered; 0 or the first error. */
int stream_finish(struct stream_writer *writer);

void stream_put_global(struct stream_writer *writer, const struct stream_global *global);
void stream_put_watch(struct stream_writer *writer, const struct stream_watch *watch);
void stream_put_transaction(struct stream_writer *writer, const struct stream_transaction *txn);
void stream_put_node(struct stream_writer *writer, const struct stream_node *node);
void stream_put_store(struct stream_writer *writer, const struct stream_store *store);
void stream_put_client(struct stream_writer *writer, const struct stream_client *client);
void stream_put_change(struct stream_writer *writer, const struct stream_change *change);

/*
 * Writes a connection but for its output, whose out_len bytes must follow by
 * stream_put_bytes(), in as many pieces as they are in; @out is not looked at.
 */
void stream_put_connection(struct stream_writer *writer, const struct stream_connection *connection);
void stream_put_bytes(struct stream_writer *writer, const void *data, size_t len);

/* Limits of all domains.  @names are @count strings. */
void stream_put_quota(struct stream_writer *writer, const uint32_t *values,
		      const char *const *names, uint16_t count);

/* Features and limits of one domain. */
void stream_put_domain(struct stream_writer *writer, uint16_t domid, uint32_t features,
		       const uint32_t *values, const char *const *names, uint16_t count);

struct stream_reader {
	const char *at;
	size_t left;
};

struct stream_record {
	uint32_t type;
	uint32_t len;
	const char *body;
};

/* Begins to read; 0, or -EINVAL if this is no stream that we can read. */
int stream_open(struct stream_reader *reader, const void *data, size_t len);

/* The next record: 1, 0 at END, or -EINVAL if the stream is cut short. */
int stream_next(struct stream_reader *reader, struct stream_record *record);

/*
 * The content of a record of the given type.  Pointers are into the stream.  0,
 * or -EINVAL if it is malformed.
 */
int stream_get_global(const struct stream_record *record, struct stream_global *out);
int stream_get_connection(const struct stream_record *record, struct stream_connection *out);
int stream_get_watch(const struct stream_record *record, struct stream_watch *out);
int stream_get_transaction(const struct stream_record *record, struct stream_transaction *out);
int stream_get_node(const struct stream_record *record, struct stream_node *out);
int stream_get_store(const struct stream_record *record, struct stream_store *out);
int stream_get_client(const struct stream_record *record, struct stream_client *out);
int stream_get_change(const struct stream_record *record, struct stream_change *out);

/* For STREAM_QUOTA (domid and features are 0) and STREAM_DOMAIN. */
int stream_get_quota(const struct stream_record *record, struct stream_quota *out);

/* Steps through the limits of one; false after the last. */
bool stream_next_quota(struct stream_quota *quota, const char **name, uint32_t *value);
