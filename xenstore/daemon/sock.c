/* SPDX-License-Identifier: MIT */
/*
 * Local clients.  Their descriptors are polled by libuv, and read and written
 * here: a request that is answered at once costs one read and one write.
 */
#include "daemon/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/conn.h"
#include "daemon/dlog.h"
#include "daemon/record.h"

/* Input of one turn; several small requests sent at once fit. */
#define IN_BYTES 16384
/* Messages sent by one system call. */
#define IOV_COUNT 32
/* Clients accepted in one turn of the loop. */
#define ACCEPT_MAX 64
#define BACKLOG	   128

struct sock {
	struct conn conn;
	uv_poll_t poll;
	int fd;
	/* What the poll handle waits for now. */
	int events;
	struct sock *next;
	struct sock **link;
};

static struct sock *clients;
static uv_poll_t listener;
static int listen_fd = -1;
static struct store *the_store;
static uv_loop_t *the_loop;

static void on_ready(uv_poll_t *poll, int status, int events);

static struct sock *sock_of(struct conn *conn)
{
	/* The connection is the first member. */
	return (struct sock *)conn;
}

static void rearm(struct sock *sock)
{
	int events = sock->conn.out ? UV_WRITABLE : 0;

	if (conn_wants_input(&sock->conn))
		events |= UV_READABLE;
	if (events == sock->events || sock->conn.dead)
		return;
	sock->events = events;
	if (events)
		uv_poll_start(&sock->poll, events, on_ready);
	else
		uv_poll_stop(&sock->poll);
}

static void flush(struct conn *conn)
{
	struct sock *sock = sock_of(conn);
	bool paused = !conn_wants_input(conn);
	struct iovec iov[IOV_COUNT];
	struct msghdr msg = { .msg_iov = iov };

	while (!conn->dead) {
		ssize_t n;

		msg.msg_iovlen = conn_output(conn, iov, IOV_COUNT);
		if (!msg.msg_iovlen)
			break;
		record_commit();
		n = sendmsg(sock->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			conn_output_sent(conn, (size_t)n);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			conn_kill(conn, XENSTORE_ERROR_COMM);
		break;
	}
	/* Requests that came in before a pause wait in the input buffer. */
	if (paused && conn_wants_input(conn))
		conn_input(conn, 0);
	rearm(sock);
}

static void on_closed(uv_handle_t *handle)
{
	struct sock *sock = handle->data;

	close(sock->fd);
	free(sock);
}

static void free_sock(struct conn *conn)
{
	struct sock *sock = sock_of(conn);

	*sock->link = sock->next;
	if (sock->next)
		sock->next->link = sock->link;
	traffic_retire(&conn->traffic);
	conn_fini(conn);
	uv_poll_stop(&sock->poll);
	uv_close((uv_handle_t *)&sock->poll, on_closed);
}

static const struct conn_transport transport = {
	.flush = flush,
	.free = free_sock,
};

static void receive(struct sock *sock)
{
	struct conn *conn = &sock->conn;
	size_t room;
	char *at = conn_input_room(conn, &room);
	ssize_t n;

	if (!room)
		return;
	n = recv(sock->fd, at, room, MSG_DONTWAIT);
	if (n > 0)
		conn_input(conn, (size_t)n);
	else if (n == 0)
		conn_kill(conn, XENSTORE_ERROR_COMM);
	else if (errno != EAGAIN && errno != EINTR)
		conn_kill(conn, XENSTORE_ERROR_COMM);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct sock *sock = poll->data;
	struct conn *conn = &sock->conn;

	if (conn->dead)
		return;
	if (status < 0) {
		conn_kill(conn, XENSTORE_ERROR_COMM);
		return;
	}
	if (events & UV_WRITABLE)
		flush(conn);
	if ((events & UV_READABLE) && conn_wants_input(conn))
		receive(sock);
	if (!conn->dead)
		flush(conn);
}

static int add_client(int fd, struct conn **out)
{
	struct sock *sock = calloc(1, sizeof(*sock));
	int rc;

	if (!sock)
		return -ENOMEM;
	rc = conn_init(&sock->conn, &transport, the_store, 0, true, IN_BYTES);
	if (rc)
		goto undo_alloc;
	conn_number_local(&sock->conn);
	rc = uv_poll_init(the_loop, &sock->poll, fd);
	if (rc)
		goto undo_conn;
	sock->poll.data = sock;
	sock->fd = fd;
	sock->next = clients;
	if (clients)
		clients->link = &sock->next;
	sock->link = &clients;
	clients = sock;
	rearm(sock);
	*out = &sock->conn;
	return 0;

undo_conn:
	conn_fini(&sock->conn);
undo_alloc:
	free(sock);
	return rc;
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
	(void)poll;
	(void)events;
	if (status < 0)
		return;
	for (int i = 0; i < ACCEPT_MAX; i++) {
		int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		struct conn *conn;

		if (fd < 0)
			return;
		if (add_client(fd, &conn)) {
			dlog("no memory for another local client");
			close(fd);
		}
	}
}

void sock_init(uv_loop_t *loop, struct store *store)
{
	the_loop = loop;
	the_store = store;
}

static int poll_listener(void)
{
	int rc = uv_poll_init(the_loop, &listener, listen_fd);

	return rc ? rc : uv_poll_start(&listener, UV_READABLE, on_connection);
}

/* Takes a descriptor over: 0, or a negative errno if it is no socket. */
static int take_fd(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	if (!S_ISSOCK(stat.st_mode))
		return -ENOTSOCK;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) || fcntl(fd, F_SETFL, O_NONBLOCK) ? -errno : 0;
}

int sock_listen_on(int fd)
{
	int rc = take_fd(fd);

	if (rc)
		return rc;
	listen_fd = fd;
	return poll_listener();
}

int sock_listener(void)
{
	return listen_fd;
}

int sock_restore(int fd, struct conn **out)
{
	int rc = take_fd(fd);

	return rc ? rc : add_client(fd, out);
}

int sock_each(int (*visit)(struct conn *conn, int fd, void *arg), void *arg)
{
	int rc = 0;

	for (struct sock *sock = clients; sock && !rc; sock = sock->next)
		rc = visit(&sock->conn, sock->fd, arg);
	return rc;
}

int sock_listen(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listen_fd < 0)
		return -errno;
	unlink(path);
	mask = umask(0177);
	rc = bind(listen_fd, (struct sockaddr *)&addr, sizeof(addr));
	umask(mask);
	if (rc || listen(listen_fd, BACKLOG)) {
		rc = -errno;
		goto undo;
	}
	rc = poll_listener();
	if (rc)
		goto undo;
	return 0;

undo:
	close(listen_fd);
	listen_fd = -1;
	return rc;
}

static void on_listener_closed(uv_handle_t *handle)
{
	(void)handle;
	close(listen_fd);
	listen_fd = -1;
}

void sock_close_all(void)
{
	if (listen_fd < 0)
		return;
	while (clients)
		free_sock(&clients->conn);
	uv_close((uv_handle_t *)&listener, on_listener_closed);
}
