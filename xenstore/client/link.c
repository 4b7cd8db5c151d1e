/* SPDX-License-Identifier: MIT */
/*
 * The byte stream to a XenStore daemon: finding it, whole messages out and in.
 */
#include "client/link.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * The xenbus device takes a message in one write or in pieces; it never sees
 * more than this in one piece.
 */
#define MESSAGE_MAX WIRE_MAX

static int open_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

static int open_path(const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st))
		return -errno;
	if (S_ISSOCK(st.st_mode))
		return open_socket(path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int link_open(const char *path)
{
	const char *rundir = getenv("XENSTORED_RUNDIR");
	char sock[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd, n;

	if (!path)
		path = getenv("XENSTORED_PATH");
	if (path)
		return open_path(path);

	n = snprintf(sock, sizeof(sock), "%s/socket", rundir ? rundir : "/run/xenstored");
	if (n < 0 || (size_t)n >= sizeof(sock))
		return -ENAMETOOLONG;
	fd = open_socket(sock);
	/* A chosen run directory is meant: never talk to another daemon. */
	if (fd >= 0 || rundir)
		return fd;
	fd = open_path("/dev/xen/xenbus");
	if (fd == -ENOENT)
		fd = open_path("/proc/xen/xenbus");
	return fd;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == ENOTSOCK)
			n = write(fd, data, len);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int read_all(int fd, void *out, size_t len)
{
	char *at = out;

	while (len) {
		ssize_t n = read(fd, at, len);

		if (n == 0)
			return -EPIPE;
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int link_send(int fd, uint32_t type, uint32_t tx, const void *const *parts, const size_t *lens,
	      size_t count)
{
	struct xsd_sockmsg hdr = { .type = type, .tx_id = tx };
	char message[MESSAGE_MAX];
	size_t at = sizeof(hdr);

	for (size_t i = 0; i < count; i++) {
		if (lens[i] > sizeof(message) - at)
			return -E2BIG;
		if (lens[i])
			memcpy(message + at, parts[i], lens[i]);
		at += lens[i];
	}
	hdr.len = (uint32_t)(at - sizeof(hdr));
	memcpy(message, &hdr, sizeof(hdr));
	return write_all(fd, message, at);
}

int link_receive(int fd, int timeout_ms, struct link_msg *msg)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int rc;

	if (timeout_ms >= 0) {
		rc = poll(&pfd, 1, timeout_ms);
		if (rc == 0)
			return -EAGAIN;
		if (rc < 0)
			return errno == EINTR ? -EAGAIN : -errno;
	}
	rc = read_all(fd, &msg->hdr, sizeof(msg->hdr));
	if (rc)
		return rc;
	if (msg->hdr.len > XENSTORE_PAYLOAD_MAX)
		return -EPROTO;
	msg->payload = malloc((size_t)msg->hdr.len + 1);
	if (!msg->payload)
		return -ENOMEM;
	msg->payload[msg->hdr.len] = '\0';
	rc = read_all(fd, msg->payload, msg->hdr.len);
	if (rc)
		free(msg->payload);
	return rc;
}
