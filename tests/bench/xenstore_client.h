/* SPDX-License-Identifier: MIT */
/*
 * A XenStore client for measuring: the bare protocol on a socket, no library in
 * between, so that all daemons are asked in the same way and as fast as can be.
 * What goes wrong ends the program: a benchmark of errors is of no use.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <xen/io/xs_wire.h>

/* Requests are gathered here before they are sent; more than any row sends at once. */
#define CLIENT_OUT_MAX 65536
#define CLIENT_IN_MAX  65536

struct client {
	int fd;
	size_t out_len;
	size_t in_at;
	size_t in_len;
	/* Watch events that came by. */
	long events;
	char out[CLIENT_OUT_MAX];
	char in[CLIENT_IN_MAX];
};

/* A message in the client's buffer, valid until the next one is taken. */
struct message {
	struct xsd_sockmsg hdr;
	const char *payload;
};

/* Prints why, and ends the program. */
void client_fail(const char *what) __attribute__((noreturn));

/* Connects; false if nobody listens there. */
bool client_try_open(struct client *client, const char *socket_path);

/* Connects, or ends the program. */
void client_open(struct client *client, const char *socket_path);

void client_close(struct client *client);

/* Who serves this client: the process that listens on the socket. */
pid_t client_server(const struct client *client);

/* Puts a request of @len bytes behind those that are not sent yet. */
void client_put(struct client *client, uint32_t type, uint32_t txn, const void *payload, size_t len);

/* The same with "PATH\0VALUE" as the payload; no value if it is NULL. */
void client_put_node(struct client *client, uint32_t type, uint32_t txn, const char *path,
		     const char *value);

/* Sends what was put; false if the daemon hung up. */
bool client_try_send(struct client *client);

/* Sends what was put, or ends the program. */
void client_send(struct client *client);

/* Takes a message that has come in already; false if there is no whole one. */
bool client_take(struct client *client, struct message *message);

/* Reads what there is: false if the daemon hung up. */
bool client_fill(struct client *client);

/* Waits for the next reply; counts the events before it. */
void client_reply(struct client *client, struct message *message);

/* Waits until @count events have come by. */
void client_await_events(struct client *client, long count);

/*
 * One request and its reply.  True if it is no error; one that is not @allowed
 * (the name of an error, or NULL) ends the program.
 */
bool client_call(struct client *client, uint32_t type, uint32_t txn, const char *path,
		 const char *value, const char *allowed);

/* Begins a transaction; its number. */
uint32_t client_begin(struct client *client);

/* Commits: false if it conflicted. */
bool client_commit(struct client *client, uint32_t txn);
