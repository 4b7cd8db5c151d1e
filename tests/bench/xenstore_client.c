/* SPDX-License-Identifier: MIT */
/*
 * A XenStore client for measuring.
 */
#include "xenstore_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HDR sizeof(struct xsd_sockmsg)

void client_fail(const char *what)
{
	fprintf(stderr, "xenstore_load: %s\n", what);
	exit(1);
}

bool client_try_open(struct client *client, const char *socket_path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(socket_path) >= sizeof(addr.sun_path))
		client_fail("the path of the socket is too long");
	strcpy(addr.sun_path, socket_path);
	client->out_len = client->in_at = client->in_len = 0;
	client->events = 0;
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		client_fail("no socket");
	if (!connect(client->fd, (struct sockaddr *)&addr, sizeof(addr)))
		return true;
	close(client->fd);
	return false;
}

void client_open(struct client *client, const char *socket_path)
{
	if (!client_try_open(client, socket_path))
		client_fail("no daemon listens there");
}

void client_close(struct client *client)
{
	close(client->fd);
}

pid_t client_server(const struct client *client)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		client_fail("the daemon's process cannot be found");
	return cred.pid;
}

void client_put(struct client *client, uint32_t type, uint32_t txn, const void *payload, size_t len)
{
	struct xsd_sockmsg hdr = { .type = type, .tx_id = txn, .len = (uint32_t)len };

	if (client->out_len + HDR + len > sizeof(client->out))
		client_fail("too many requests at once");
	memcpy(client->out + client->out_len, &hdr, HDR);
	memcpy(client->out + client->out_len + HDR, payload, len);
	client->out_len += HDR + len;
}

void client_put_node(struct client *client, uint32_t type, uint32_t txn, const char *path,
		     const char *value)
{
	size_t path_size = strlen(path) + 1, len = value ? strlen(value) : 0;
	char payload[XENSTORE_PAYLOAD_MAX];

	/* A watch's token ends in a NUL, a value does not. */
	if (value && type != XS_WRITE)
		len++;
	memcpy(payload, path, path_size);
	if (value)
		memcpy(payload + path_size, value, len);
	client_put(client, type, txn, payload, path_size + len);
}

bool client_try_send(struct client *client)
{
	size_t at = 0, len = client->out_len;

	client->out_len = 0;
	while (at < len) {
		ssize_t n = send(client->fd, client->out + at, len - at, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			at += (size_t)n;
	}
	return true;
}

void client_send(struct client *client)
{
	if (!client_try_send(client))
		client_fail("the daemon does not take requests any more");
}

bool client_take(struct client *client, struct message *message)
{
	size_t there = client->in_len - client->in_at;

	if (there < HDR)
		return false;
	memcpy(&message->hdr, client->in + client->in_at, HDR);
	if (message->hdr.len > XENSTORE_PAYLOAD_MAX)
		client_fail("a message that is too long");
	if (there < HDR + message->hdr.len)
		return false;
	message->payload = client->in + client->in_at + HDR;
	client->in_at += HDR + message->hdr.len;
	return true;
}

bool client_fill(struct client *client)
{
	ssize_t n;

	if (client->in_at) {
		client->in_len -= client->in_at;
		memmove(client->in, client->in + client->in_at, client->in_len);
		client->in_at = 0;
	}
	do
		n = recv(client->fd, client->in + client->in_len,
			 sizeof(client->in) - client->in_len, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	client->in_len += (size_t)n;
	return true;
}

void client_reply(struct client *client, struct message *message)
{
	for (;;) {
		if (!client_take(client, message)) {
			if (!client_fill(client))
				client_fail("the daemon hung up");
			continue;
		}
		if (message->hdr.type != XS_WATCH_EVENT)
			return;
		client->events++;
	}
}

void client_await_events(struct client *client, long count)
{
	struct message message;

	while (client->events < count) {
		if (!client_take(client, &message)) {
			if (!client_fill(client))
				client_fail("the daemon hung up");
			continue;
		}
		if (message.hdr.type != XS_WATCH_EVENT)
			client_fail("a reply to no request");
		client->events++;
	}
}

/* True if it is no error; one that is not allowed is the end. */
static bool succeeded(const struct message *message, const char *allowed)
{
	char text[128];

	if (message->hdr.type != XS_ERROR)
		return true;
	if (allowed && !strncmp(message->payload, allowed, message->hdr.len))
		return false;
	snprintf(text, sizeof(text), "a request was answered by %.*s", (int)message->hdr.len,
		 message->payload);
	client_fail(text);
}

bool client_call(struct client *client, uint32_t type, uint32_t txn, const char *path,
		 const char *value, const char *allowed)
{
	struct message message;

	client_put_node(client, type, txn, path, value);
	client_send(client);
	client_reply(client, &message);
	return succeeded(&message, allowed);
}

uint32_t client_begin(struct client *client)
{
	struct message message;

	client_put(client, XS_TRANSACTION_START, 0, "", 1);
	client_send(client);
	client_reply(client, &message);
	succeeded(&message, NULL);
	return (uint32_t)strtoul(message.payload, NULL, 10);
}

bool client_commit(struct client *client, uint32_t txn)
{
	return client_call(client, XS_TRANSACTION_END, txn, "T", NULL, "EAGAIN");
}
